package io.anyqueue.rabbitmq.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads certificates and keys from PEM files. What is wrong is INVALID_ARGUMENT that names the setting and the file, and shows
 * nothing of the content. Stateless; reads files.
 */
final class Pem {
    private static final int LARGEST_FILE = 1024 * 1024;
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private Pem() {}

    /** {@return at least one certificate} */
    static List<X509Certificate> certificates(String setting, String file) {
        byte[] content = read(setting, file);
        List<X509Certificate> certificates;
        try {
            certificates =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(content))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
        } catch (CertificateException e) {
            throw wrong(setting, file, "has no certificates in PEM form", e);
        }
        if (certificates.isEmpty()) {
            throw wrong(setting, file, "has no certificates in PEM form", null);
        }
        return certificates;
    }

    /** {@return the private key that belongs to a public one} */
    static PrivateKey key(String setting, String file, PublicKey owner) {
        Matcher key = KEY.matcher(new String(read(setting, file), StandardCharsets.ISO_8859_1));
        if (!key.find()) {
            throw wrong(
                    setting,
                    file,
                    "has no unencrypted PKCS#8 key (BEGIN PRIVATE KEY); make one with: openssl pkcs8 -topk8 -nocrypt",
                    null);
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(key.group(1));
            return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            // Without the cause: what it quotes might be the key.
            throw wrong(setting, file, "has no key of the certificate's kind (" + owner.getAlgorithm() + ")", null);
        }
    }

    private static byte[] read(String setting, String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            byte[] content = in.readNBytes(LARGEST_FILE + 1);
            if (content.length > LARGEST_FILE) {
                throw wrong(setting, file, "is larger than " + LARGEST_FILE + " bytes", null);
            }
            return content;
        } catch (IOException | InvalidPathException e) {
            throw wrong(setting, file, "cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private static QueueException wrong(String setting, String file, String what, @Nullable Throwable cause) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, setting + ": the file '" + file + "' " + what, cause);
    }
}

package io.anyqueue.testbrokers.tls;

import io.anyqueue.testbrokers.os.CachedFolder;
import io.anyqueue.testbrokers.os.Command;
import io.anyqueue.testbrokers.os.Lazy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates and keys for TLS, made once per month and user, as that takes longer than the start of some brokers. All are PEM files;
 * keys are in PKCS #8 without a password. Safe for use by many threads.
 */
public final class TestCertificates {
    /** The common name of the client's certificate, hence the user that logs in with it. */
    public static final String CLIENT_NAME = "anyqueue-client";

    private static final String PASSWORD = "changeit";
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final String VALID_DAYS = "365";
    private static final Lazy<TestCertificates> SHARED = new Lazy<>(TestCertificates::make);

    private final Path folder;

    private TestCertificates(Path folder) {
        this.folder = folder;
    }

    /** {@return the certificates that all servers and tests share} */
    public static TestCertificates get() {
        return SHARED.get();
    }

    /** {@return the certificate of the authority that signed the server's and the client's} */
    public Path authority() {
        return folder.resolve("ca.pem");
    }

    /** {@return the certificate of an authority that has signed nothing the server shows} */
    public Path otherAuthority() {
        return folder.resolve("other.pem");
    }

    /** {@return a client's certificate, for {@link #CLIENT_NAME}} */
    public Path clientCertificate() {
        return folder.resolve("client.pem");
    }

    /** {@return the key of the client's certificate} */
    public Path clientKey() {
        return folder.resolve("client-key.pem");
    }

    /** {@return the folder of all files, among them the server's: ca.pem, server.pem, server-key.pem} */
    public Path folder() {
        return folder;
    }

    /** Those of a month are valid for much longer, and last month's are not used any more. */
    private static TestCertificates make() {
        CachedFolder cached = CachedFolder.named("certificates-" + YearMonth.now(ZoneOffset.UTC));
        return new TestCertificates(cached.get(TestCertificates::fill));
    }

    private static void fill(Path folder) {
        try {
            Path store = folder.resolve("certificates.p12");
            keytool(store, "ca", "CN=Anyqueue test authority", "-ext", "bc:c");
            keytool(store, "other", "CN=Other test authority", "-ext", "bc:c");
            keytool(store, "server", "CN=localhost", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
            keytool(store, "client", "CN=" + CLIENT_NAME, "-signer", "ca");
            write(store, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the certificates for tests could not be made", e);
        }
    }

    private static void keytool(Path store, String alias, String name, String... more) {
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> words = new ArrayList<>(List.of(
                tool,
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                VALID_DAYS,
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-alias",
                alias,
                "-dname",
                name));
        words.addAll(List.of(more));
        Command.of(LIMIT, words.toArray(String[]::new)).run();
    }

    private static void write(Path store, Path folder) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        for (String alias : new String[] {"ca", "other", "server", "client"}) {
            Certificate certificate = keys.getCertificate(alias);
            Key key = keys.getKey(alias, PASSWORD.toCharArray());
            Files.writeString(folder.resolve(alias + ".pem"), pem("CERTIFICATE", certificate.getEncoded()));
            Files.writeString(folder.resolve(alias + "-key.pem"), pem("PRIVATE KEY", key.getEncoded()));
        }
    }

    private static String pem(String type, byte[] content) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
    }
}

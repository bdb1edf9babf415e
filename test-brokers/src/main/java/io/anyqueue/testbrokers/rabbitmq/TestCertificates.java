package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.os.Command;
import io.anyqueue.testbrokers.os.Lazy;
import io.anyqueue.testbrokers.os.Workspace;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Certificates and keys for TLS, made anew for this JVM and deleted at its end. All are PEM files; keys are in PKCS #8 without a
 * password. Safe for use by many threads.
 */
public final class TestCertificates {
    /** The common name of the client's certificate, hence the user that logs in with it. */
    public static final String CLIENT_NAME = "anyqueue-client";

    private static final String PASSWORD = "changeit";
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** Never closed: the folder ends with the JVM. */
    private static final Lazy<TestCertificates> SHARED =
            new Lazy<>(() -> make(Workspace.create("certificates").folder()));

    private final Path folder;

    private TestCertificates(Path folder) {
        this.folder = folder;
    }

    /** {@return the certificates that all servers and tests of this JVM share} */
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
    Path folder() {
        return folder;
    }

    private static TestCertificates make(Path folder) {
        try {
            Path store = folder.resolve("certificates.p12");
            keytool(store, "ca", "CN=Anyqueue test authority", "-ext", "bc:c");
            keytool(store, "other", "CN=Other test authority", "-ext", "bc:c");
            keytool(store, "server", "CN=localhost", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
            keytool(store, "client", "CN=" + CLIENT_NAME, "-signer", "ca");
            write(store, folder);
            return new TestCertificates(folder);
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
                "365",
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

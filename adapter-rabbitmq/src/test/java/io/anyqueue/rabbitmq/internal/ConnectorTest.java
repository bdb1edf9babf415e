package io.anyqueue.rabbitmq.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.TlsOptions;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before anything is opened, and servers that no test could start. */
class ConnectorTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.get();

    @Test
    void needsAHost() {
        refuses("amqp:name", TlsOptions.DEFAULT, "the URL has no host; write amqp://host/virtual-host");
        refuses("amqp://host/" + "v".repeat(256), TlsOptions.DEFAULT, "has 256 bytes, RabbitMQ takes 255");
    }

    @Test
    void refusesSettingsForTlsWithoutTls() {
        refuses("amqp://host", ConnectConfig.trusting(CERTIFICATES.authority()), "use amqps://");
        TlsOptions careless =
                new TlsOptions(Optional.empty(), Optional.empty(), Optional.empty(), false, Optional.empty());
        refuses("amqp://host", careless, "use amqps://");
    }

    @Test
    void refusesHalfACertificateAndTwoSources() throws NoSuchAlgorithmException {
        refuses("amqps://host", files(null, "cert.pem", null), "belong together");
        refuses("amqps://host", files(null, null, "key.pem"), "belong together");
        TlsOptions both = new TlsOptions(
                Optional.of("ca.pem"), Optional.empty(), Optional.empty(), true, Optional.of(SSLContext.getDefault()));
        refuses("amqps://host", both, "give one of both");
    }

    @Test
    void refusesFilesThatAreNotWhatTheyShouldBe(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(
                folder.resolve("encrypted.pem"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIBsecret\n");
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        Path broken = Files.writeString(
                folder.resolve("broken.pem"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
        Path large = Files.write(folder.resolve("large.pem"), new byte[1024 * 1024 + 1]);
        String ca = CERTIFICATES.authority().toString();
        String client = CERTIFICATES.clientCertificate().toString();

        refuses(
                "amqps://host",
                files(folder.resolve("none.pem").toString(), null, null),
                "anyqueue.tls.ca: the file '");
        refuses("amqps://host", files("\0", null, null), "cannot be read");
        refuses("amqps://host", files(folder.toString(), null, null), "cannot be read");
        refuses("amqps://host", files(empty.toString(), null, null), "has no certificates");
        refuses("amqps://host", files(secret.toString(), null, null), "has no certificates");
        refuses("amqps://host", files(large.toString(), null, null), "is larger than 1048576 bytes");
        refuses("amqps://host", files(ca, client, secret.toString()), "openssl pkcs8 -topk8 -nocrypt");
        refuses("amqps://host", files(ca, client, client), "has no unencrypted PKCS#8 key");
        refuses("amqps://host", files(ca, client, broken.toString()), "has no key of the certificate's kind (EC)");
    }

    @Test
    void refusesExternalLoginWithoutCertificateOrWithAPassword() {
        refuses("amqp://host?sasl=external", TlsOptions.DEFAULT, "needs amqps:// and a client certificate");
        refuses("amqps://host?sasl=external", TlsOptions.DEFAULT, "needs amqps:// and a client certificate");
        TlsOptions client = files(
                null,
                CERTIFICATES.clientCertificate().toString(),
                CERTIFICATES.clientKey().toString());
        refuses("amqps://user:hunter2@host?sasl=external", client, "give no user name and no password");
    }

    @Test
    void refusesServersThatAreTooOldOrNotRabbitMq() throws IOException {
        opens(
                new FakeServer("RabbitMQ", "3.9.29", 131_072),
                "is RabbitMQ 3.9.29; this adapter needs RabbitMQ 3.10 or later");
        opens(new FakeServer("OtherMQ", "4.1.0", 131_072), "is OtherMQ 4.1.0; this adapter needs RabbitMQ");
        opens(new FakeServer("RabbitMQ", "soon", 131_072), "is RabbitMQ soon");
        opens(new FakeServer("RabbitMQ", "4.1.0", 4_096), "has a frame_max of 4096 bytes");
    }

    @Test
    void takesServersThatAreNewer() throws IOException {
        try (FakeServer server = new FakeServer("RabbitMQ", "5.0.0-rc.1", 0);
                ConnectConfig config = ConnectConfig.of("amqp://127.0.0.1:" + server.port())) {
            var connection = new Connector(config).open("test");
            assertThat(ServerVersion.of(connection)).isEqualTo(new ServerVersion(5, 0));
            connection.abort(100);
        }
    }

    private static void opens(FakeServer server, String message) {
        try (server;
                ConnectConfig config = ConnectConfig.of("amqp://127.0.0.1:" + server.port())) {
            assertThatExceptionOfType(QueueException.class)
                    .isThrownBy(() -> new Connector(config).open("test"))
                    .withMessageContaining(message)
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
        }
    }

    private static TlsOptions files(String ca, String certificate, String key) {
        return new TlsOptions(
                Optional.ofNullable(ca),
                Optional.ofNullable(certificate),
                Optional.ofNullable(key),
                true,
                Optional.empty());
    }

    private static void refuses(String url, TlsOptions tls, String message) {
        try (ConnectConfig config = ConnectConfig.of(url, tls)) {
            assertThatExceptionOfType(QueueException.class)
                    .isThrownBy(() -> new Connector(config))
                    .withMessageContaining(message)
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
        }
    }
}

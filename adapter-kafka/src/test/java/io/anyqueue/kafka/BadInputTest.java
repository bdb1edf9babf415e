package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.kafka.KafkaExtension;
import io.anyqueue.testbrokers.proxy.Direction;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A live broker, what is right, and each thing wrong (rules ERR-1, ERR-2, SEC-1): the same code as on other brokers, soon, no secret. */
@Timeout(300)
@ExtendWith(KafkaExtension.class)
class BadInputTest {
    /** Part of every password here, so that no text may have it. */
    private static final String SECRET = "hunter2";

    /** Far above the limit that is set, for slow machines; far below what a hang would take. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final String QUICK = "?connect-timeout=PT2S";

    /** Where what the server says is awaited, and not that it says nothing. */
    private static final String PATIENT = "?connect-timeout=PT20S";

    private final Kafka kafka;
    private final TestCertificates certificates = TestCertificates.get();
    private final String name = "bad-" + UUID.randomUUID();
    private final Events log = new Events();

    BadInputTest(Kafka kafka) {
        this.kafka = kafka;
    }

    /** As connections end in their own time, some are written while others are read. */
    private static final class Events extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @BeforeEach
    void listen() {
        log.setContext(root().getLoggerContext());
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void tellsNoSecret() {
        root().detachAppender(log);
        log.stop();
        assertThat(log.events).allSatisfy(event -> {
            assertThat(event.getFormattedMessage()).doesNotContain(SECRET);
            if (event.getThrowableProxy() != null) {
                assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
                        .doesNotContain(SECRET);
            }
        });
    }

    // --- logins

    @ParameterizedTest
    @ValueSource(strings = {SECRET + "@:/?#[]%&+ \"'=;", SECRET + "-äß€-日本-😀", SECRET + "\\%40"})
    void takesAnyPassword(String password) throws Exception {
        String user = "user \"" + UUID.randomUUID() + "\\";
        try (Admin admin = admin()) {
            ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096);
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user, info, password)))
                    .all()
                    .get();
            await("the broker knows the user")
                    .atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> admin.describeUserScramCredentials(List.of(user))
                            .all()
                            .get()
                            .containsKey(user));
            try (QueueClient client = QueueClient.connect(secure(user, password))) {
                client.queue(name, String.class).send("x");
            }
        }
    }

    @Test
    void refusesAWrongPassword() {
        QueueException failure = fails(secure(Kafka.USER, "wrong-" + SECRET));
        assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(failure).hasMessageContaining("check the user name, the password and sasl.mechanism");
    }

    @Test
    void refusesAMechanismThatTheServerDoesNotHave() {
        QueueException failure = fails(secure(Kafka.USER, SECRET).set("anyqueue.native.sasl.mechanism", "PLAIN"));
        assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(failure).hasMessageContaining("PLAIN");
    }

    /** Each right that is missing is FORBIDDEN, with the name of what it is missing for, and others go on. */
    @Test
    void tellsWhichPermissionIsMissing() throws Exception {
        try (Admin admin = admin();
                QueueClient all = QueueClient.connect("kafka://" + kafka.bootstrap());
                QueueClient user = QueueClient.connect(secure(Kafka.USER, Kafka.PASSWORD))) {
            MessageQueue<String> queue = user.queue(name, String.class);
            deny(admin, ResourceType.TOPIC, AclOperation.WRITE);
            QueueException sending = catchThrowableOfType(QueueException.class, () -> queue.send("y"));
            assertThat(sending.code()).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(sending).hasMessageContaining(name);
            deny(admin, ResourceType.GROUP, AclOperation.READ);
            var consumer = queue.consume(text -> {});
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(user.health().toString()).contains(name, "Not authorized"));
            all.queue(name, String.class).send("z");
            assertThat(consumer.stop(Duration.ofSeconds(20))).isTrue();
        }
    }

    private void deny(Admin admin, ResourceType type, AclOperation operation) throws Exception {
        AclBinding denial = new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:" + Kafka.USER, "*", operation, AclPermissionType.DENY));
        admin.createAcls(List.of(denial)).all().get();
        await("the broker knows what is denied")
                .atMost(SOON)
                .until(() ->
                        admin.describeAcls(denial.toFilter()).values().get().contains(denial));
    }

    private ClientOptions secure(String user, String password) {
        return trusting("kafkas://" + kafka.saslBootstrap() + PATIENT)
                .set("anyqueue.native.sasl.mechanism", "SCRAM-SHA-512")
                .set("anyqueue.username", user)
                .set("anyqueue.password", password);
    }

    // --- TLS

    private ClientOptions trusting(String url) {
        return ClientOptions.of(url)
                .set("anyqueue.tls.ca", certificates.authority().toString());
    }

    @Test
    void speaksTls() {
        try (QueueClient client = QueueClient.connect(trusting("kafkas://" + kafka.tlsBootstrap()))) {
            client.queue(name, String.class).send("x");
        }
    }

    @Test
    void trustsNobodyElse() {
        for (ClientOptions options : List.of(
                ClientOptions.of("kafkas://" + kafka.tlsBootstrap() + PATIENT),
                ClientOptions.of("kafkas://" + kafka.tlsBootstrap() + PATIENT)
                        .set("anyqueue.tls.ca", certificates.otherAuthority().toString()))) {
            QueueException failure = fails(options);
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("anyqueue.tls.ca");
        }
    }

    /** A server that shows the client's certificate, which names no host. */
    @Test
    void verifiesTheHostsName() throws Exception {
        DefaultSslEngineFactory clients = new DefaultSslEngineFactory();
        clients.configure(Map.of(
                "ssl.protocol",
                "TLSv1.3",
                "ssl.cipher.suites",
                List.of(),
                "ssl.enabled.protocols",
                List.of("TLSv1.3"),
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.certificate.chain",
                new Password(Files.readString(certificates.clientCertificate())),
                "ssl.keystore.key",
                new Password(Files.readString(certificates.clientKey()))));
        try (SSLServerSocket server = (SSLServerSocket) clients.sslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> shakeHands(server), "tls-server");
            thread.setDaemon(true);
            thread.start();
            QueueException failure = fails(trusting("kafkas://localhost:" + server.getLocalPort() + PATIENT));
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("certificate for this host");
        }
    }

    private static void shakeHands(SSLServerSocket server) {
        while (!server.isClosed()) {
            try (SSLSocket client = (SSLSocket) server.accept()) {
                client.startHandshake();
                client.getInputStream().readNBytes(8);
            } catch (IOException e) {
                // The client did not like it, or the test is over.
            }
        }
    }

    @Test
    void tellsThatAPortIsWithOrWithoutTls() {
        QueueException without = fails(trusting("kafkas://" + kafka.bootstrap() + QUICK));
        assertThat(without.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(without).hasMessageContaining("TLS");

        QueueException with = fails(ClientOptions.of("kafka://" + kafka.tlsBootstrap() + QUICK));
        assertThat(with.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(with).hasMessageContaining("TLS");
    }

    // --- network

    @Test
    void tellsThatNobodyIsThere() throws IOException {
        QueueException unknown = fails(ClientOptions.of("kafka://no-such-host.invalid" + QUICK));
        assertThat(unknown.code()).isEqualTo(ErrorCode.UNAVAILABLE);

        QueueException refused = fails(ClientOptions.of("kafka://127.0.0.1:" + closedPort() + QUICK));
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused).hasMessageContaining("do the brokers run");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TO_SERVER", "TO_CLIENT", "BOTH"})
    void givesUpOnANetworkThatSwallowsAll(Direction direction) {
        int port =
                Integer.parseInt(kafka.bootstrap().substring(kafka.bootstrap().lastIndexOf(':') + 1));
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", port)) {
            proxy.hole(direction);
            QueueException failure = fails(ClientOptions.of("kafka://127.0.0.1:" + proxy.port() + QUICK));
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }

    @Test
    void findsTheBrokerThatAnswers() throws IOException {
        String url = "kafka://127.0.0.1:" + closedPort() + "," + kafka.bootstrap();
        try (QueueClient client = QueueClient.connect(ClientOptions.of(url))) {
            client.queue(name, String.class).send("x");
        }
    }

    // --- what others do

    @Test
    void goesOnAtAForeignProgramsOffset() throws Exception {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        try (Admin admin = admin();
                QueueClient client = QueueClient.connect("kafka://" + kafka.bootstrap() + "?partitions=1")) {
            MessageQueue<String> queue = client.queue(name, String.class);
            for (int i = 0; i < 10; i++) {
                queue.send("m" + i);
            }
            for (String metadata : List.of("", "e:AAAA", "aq1.", "aq1.AQID/////////////////w", "aq9.AAAA")) {
                handled.clear();
                admin.alterConsumerGroupOffsets(
                                name, Map.of(new TopicPartition(name, 0), new OffsetAndMetadata(7, metadata)))
                        .all()
                        .get();
                var consumer = queue.consume(handled::add);
                await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsExactly("m7", "m8", "m9"));
                assertThat(consumer.stop(Duration.ofSeconds(20))).isTrue();
            }
        }
    }

    @Test
    void tellsThatATopicOfOthersTakesOnlySmallMessages() throws Exception {
        try (Admin admin = admin();
                QueueClient client = QueueClient.connect("kafka://" + kafka.bootstrap())) {
            NewTopic small =
                    new NewTopic(name, Optional.of(1), Optional.empty()).configs(Map.of("max.message.bytes", "2000"));
            admin.createTopics(List.of(small)).all().get();
            MessageQueue<String> queue = client.queue(name, String.class);
            QueueException failure = catchThrowableOfType(QueueException.class, () -> queue.send("x".repeat(5_000)));
            assertThat(failure.code()).isEqualTo(ErrorCode.TOO_LARGE);
            queue.send("small");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void compresses(String codec) {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        String url = "kafka://" + kafka.bootstrap() + "?compression.type=" + codec;
        String text = "compressible ".repeat(50_000);
        try (QueueClient client = QueueClient.connect(url)) {
            MessageQueue<String> queue = client.queue(name, String.class);
            queue.send(text);
            var unused = queue.consume(handled::add);
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsExactly(text));
        }
    }

    // --- fixture

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
    }

    private QueueException fails(ClientOptions options) {
        long start = System.nanoTime();
        QueueException failure = catchThrowableOfType(QueueException.class, () -> {
            try (QueueClient client = QueueClient.connect(options.set("anyqueue.start", "fail"))) {
                client.queue(name, String.class).send("x");
            }
        });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        assertThat(failure).isNotNull();
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).doesNotContain(SECRET);
        return failure;
    }
}

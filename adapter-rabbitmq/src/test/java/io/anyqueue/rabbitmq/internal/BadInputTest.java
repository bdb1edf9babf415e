package io.anyqueue.rabbitmq.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.GetResponse;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.TlsOptions;
import io.anyqueue.testbrokers.proxy.Direction;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Connecting to a real server with what is right, and with each thing wrong (rules ERR-2, SEC-1): the same code everywhere, soon. */
@ExtendWith(RabbitMqExtension.class)
class BadInputTest {
    /** Part of every password here, so that no text may have it. */
    private static final String SECRET = "hunter2";

    /** Far above the time-out of a second, for slow machines; far below what a hang would take. */
    private static final Duration SOON = Duration.ofSeconds(15);

    private static final Map<String, String> QUICK = Map.of("connect-timeout", "PT1S", "rpc-timeout", "PT5S");

    private final RabbitMq rabbit;
    private final TestCertificates certificates = TestCertificates.get();
    private final Events log = new Events();

    BadInputTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @BeforeEach
    void listen() {
        log.setContext(root().getLoggerContext());
        log.start();
        root().addAppender(log);
        library().addAppender(log);
        library().setLevel(Level.DEBUG);
        library().setAdditive(false);
    }

    @AfterEach
    void tellsNoSecret() {
        root().detachAppender(log);
        library().detachAppender(log);
        library().setLevel(null);
        library().setAdditive(true);
        log.stop();
        assertThat(log.events).allSatisfy(event -> {
            assertThat(event.getFormattedMessage()).doesNotContain(SECRET);
            if (event.getThrowableProxy() != null) {
                assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy()))
                        .doesNotContain(SECRET);
            }
        });
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

    private static Logger library() {
        return (Logger) LoggerFactory.getLogger("io.anyqueue.rabbitmq");
    }

    // Right input

    @ParameterizedTest
    @ValueSource(strings = {SECRET + "@:/?#[]%&+ ", SECRET + "-äß€-日本-😀", SECRET + "%40"})
    void takesAnyPassword(String password) throws IOException {
        String user = user(password, ".*", ".*", ".*");
        opens(plain(user, password, rabbit.port(), "/%2F"), TlsOptions.DEFAULT);
    }

    @Test
    void takesAnyVirtualHost() throws IOException {
        rabbit.ctl("add_vhost", "a/b ü");
        rabbit.ctl("set_permissions", "-p", "a/b ü", administrator(), ".*", ".*", ".*");
        opens(rabbit.uri().toString().replace("/%2F", "/a%2Fb%20%C3%BC"), TlsOptions.DEFAULT);
        opens(rabbit.uri().toString().replace("/%2F", ""), TlsOptions.DEFAULT);
        opens(rabbit.uri().toString().replace("/%2F", "/"), TlsOptions.DEFAULT);
    }

    @Test
    void speaksTls() throws IOException {
        opens(tls("localhost"), trusting());
        opens(tls("127.0.0.1"), trusting());
        opens(tls("localhost"), ConnectConfig.trusting(certificates.otherAuthority()), Tls.context(trusting()));
    }

    @Test
    void logsInByCertificate() throws IOException {
        rabbit.addUser(TestCertificates.CLIENT_NAME, "unused-" + SECRET, ".*", ".*", ".*");
        try {
            opens("amqps://localhost:" + rabbit.tlsPort() + "?sasl=external", withCertificate());
        } finally {
            rabbit.ctl("delete_user", TestCertificates.CLIENT_NAME);
        }
        QueueException unknownUser =
                fails("amqps://localhost:" + rabbit.tlsPort() + "?sasl=external", withCertificate());
        assertThat(unknownUser.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
    }

    @Test
    void findsTheHostThatAnswers() throws IOException {
        int closed = closedPort();
        String url = rabbit.uri()
                .toString()
                .replace("127.0.0.1:", "127.0.0.1:" + closed + ",localhost:" + closed + ",127.0.0.1:");
        for (int i = 0; i < 5; i++) {
            opens(url, TlsOptions.DEFAULT);
        }
    }

    /** Others may send more than the adapter does; a message that ended the connection would come again and again. */
    @Test
    void readsWhatIsLargerThanOnesOwn() throws Exception {
        // RabbitMQ 4 takes 16 MiB by default, which the client reads without being told; 3 takes 128.
        byte[] body = new byte[(rabbit.version().startsWith("3.") ? 66 : 15) * 1024 * 1024];
        Map<String, Object> headers = Map.of("large", "h".repeat(100_000));
        try (ConnectConfig config = ConnectConfig.of(rabbit.uri().toString())) {
            GetResponse got = withLink(
                    config,
                    link -> join(link.ask("read", channel -> {
                        String queue = channel.queueDeclare().getQueue();
                        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                                .headers(headers)
                                .build();
                        channel.confirmSelect();
                        channel.basicPublish("", queue, properties, body);
                        channel.waitForConfirmsOrDie(30_000);
                        return channel.basicGet(queue, true);
                    })));
            assertThat(got.getBody()).hasSize(body.length);
            assertThat(got.getProps().getHeaders().get("large")).hasToString("h".repeat(100_000));
        }
    }

    // Wrong users

    @Test
    void refusesAWrongPasswordAtOnceOnAllHosts() {
        String user = user(SECRET, ".*", ".*", ".*");
        String port = "127.0.0.1:" + rabbit.port();
        try (ConnectConfig config = ConnectConfig.of("amqp://" + user + ":wrong-" + SECRET + "@" + port + "," + port)) {
            QueueException failure = fails(config);
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(failure)
                    .hasMessageContaining("127.0.0.1:" + rabbit.port())
                    .hasMessageContaining("password");
            assertThat(failure.getMessage()).as("tried on one host").doesNotContain(";");
        }
    }

    @Test
    void doesNotTryAWrongPasswordInATightLoop() {
        try (ConnectConfig config = ConnectConfig.of("amqp://nobody:" + SECRET + "@127.0.0.1:" + rabbit.port())) {
            Link link = new Link("test", new Connector(config), config);
            try {
                QueueException failure = failure(link);
                assertThat(failure.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> config.pauses().size() >= 7);
            } finally {
                link.close(1_000);
            }
            List<Duration> pauses = config.pauses();
            assertThat(config.logins()).isLessThanOrEqualTo(pauses.size() + 2);
            assertThat(pauses).allSatisfy(pause -> assertThat(pause).isGreaterThanOrEqualTo(Duration.ofMillis(50)));
            assertThat(pauses.get(6)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        }
    }

    @Test
    void refusesAVirtualHostThatIsNotThereOrNotAllowed() {
        QueueException absent = fails(rabbit.uri().toString().replace("/%2F", "/nowhere"), TlsOptions.DEFAULT);
        assertThat(absent.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(absent).hasMessageContaining("nowhere");

        String name = "user-" + UUID.randomUUID();
        rabbit.ctl("add_user", name, SECRET);
        QueueException forbidden = fails(plain(name, SECRET, rabbit.port(), "/%2F"), TlsOptions.DEFAULT);
        assertThat(forbidden.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(forbidden).hasMessageContaining("access to vhost '/'");
    }

    /** Each permission by itself; what fails must not close another's channel. */
    @Test
    void tellsWhichPermissionIsMissing() throws Exception {
        String name = "queue-" + UUID.randomUUID();
        try (ConnectConfig config = ConnectConfig.of(rabbit.uri().toString())) {
            withLink(
                    config,
                    link -> join(link.ask("declare", channel -> channel.queueDeclare(name, true, false, false, null))));
        }
        assertThat(refused("^$", ".*", ".*", channel -> channel.queueDeclare("new-" + name, true, false, false, null)))
                .hasMessageContaining("new-" + name);
        assertThat(refused(".*", "^$", ".*", channel -> publish(channel, name))).hasMessageContaining("exchange");
        assertThat(refused(".*", ".*", "^$", channel -> channel.basicConsume(name, new DefaultConsumer(channel))))
                .hasMessageContaining(name);
    }

    private QueueException refused(String configure, String write, String read, Link.ChannelTask<?> task) {
        String user = user(SECRET, configure, write, read);
        try (ConnectConfig config = ConnectConfig.of(plain(user, SECRET, rabbit.port(), "/%2F"))) {
            return withLink(config, link -> {
                Connection before = join(link.connection());
                QueueException failure =
                        catchThrowableOfType(QueueException.class, () -> join(link.ask("use it", task)));
                assertThat(failure.code()).isEqualTo(ErrorCode.FORBIDDEN);
                assertThat(failure).hasMessageContaining("cannot use it").hasMessageContaining(user);
                assertThat(before.isOpen()).as("the connection stays").isTrue();
                return failure;
            });
        }
    }

    private static Object publish(Channel channel, String queue) throws Exception {
        channel.confirmSelect();
        channel.basicPublish("", queue, new AMQP.BasicProperties(), new byte[1]);
        return channel.waitForConfirms(10_000);
    }

    // Wrong TLS

    @Test
    void tellsThatAPortIsWithoutTls() {
        QueueException failure = fails("amqps://u:" + SECRET + "@localhost:" + rabbit.port(), trusting());
        assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("is it a port for TLS?");
    }

    @Test
    void tellsThatAPortIsWithTls() {
        QueueException failure = fails(plain("u", SECRET, rabbit.tlsPort(), ""), TlsOptions.DEFAULT);
        assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("is it a port for TLS?");
    }

    @Test
    void trustsNobodyElse() {
        for (TlsOptions options : List.of(TlsOptions.DEFAULT, ConnectConfig.trusting(certificates.otherAuthority()))) {
            QueueException failure = fails(tls("localhost"), options);
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("is not trusted").hasMessageContaining("anyqueue.tls.ca");
        }
    }

    /** A server that shows the client's certificate, which names no host. */
    @Test
    void verifiesTheHostsName() throws Exception {
        try (SSLServerSocket server = (SSLServerSocket) Tls.context(withCertificate())
                .getServerSocketFactory()
                .createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> shakeHands(server), "tls-server");
            thread.setDaemon(true);
            thread.start();

            QueueException failure = fails("amqps://localhost:" + server.getLocalPort(), trusting());
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("the certificate is not for this host");

            TlsOptions any =
                    new TlsOptions(trusting().ca(), Optional.empty(), Optional.empty(), false, Optional.empty());
            assertThat(fails("amqps://localhost:" + server.getLocalPort(), any)).hasMessageNotContaining("certificate");
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

    // Wrong network

    @Test
    void tellsThatNobodyIsThere() throws IOException {
        QueueException unknown = fails("amqp://u:" + SECRET + "@no-such-host.invalid", TlsOptions.DEFAULT);
        assertThat(unknown.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(unknown).hasMessageContaining("no-such-host.invalid");

        int closed = closedPort();
        QueueException refused = fails(plain("u", SECRET, closed, ""), TlsOptions.DEFAULT);
        assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(refused).hasMessageContaining("127.0.0.1:" + closed).hasMessageContaining("refused");

        QueueException both = fails("amqp://no-such-host.invalid,127.0.0.1:" + closed, TlsOptions.DEFAULT);
        assertThat(both).hasMessageContaining("no-such-host.invalid").hasMessageContaining("127.0.0.1:" + closed);
    }

    @ParameterizedTest
    @CsvSource({"amqp, TO_SERVER", "amqp, TO_CLIENT", "amqps, BOTH"})
    void givesUpOnANetworkThatSwallowsAll(String scheme, Direction direction) {
        boolean secure = scheme.equals(Tls.SCHEME);
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", secure ? rabbit.tlsPort() : rabbit.port())) {
            proxy.hole(direction);
            QueueException failure = fails(
                    scheme + "://u:" + SECRET + "@127.0.0.1:" + proxy.port(), secure ? trusting() : TlsOptions.DEFAULT);
            assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("no answer in time");
            await().atMost(SOON).until(() -> {
                proxy.pass();
                return proxy.clientPorts().isEmpty();
            });
        }
    }

    @Test
    void comesBackAfterTheServerWasAwayAtTheStart() {
        try (TcpProxy proxy = TcpProxy.to("127.0.0.1", rabbit.port());
                ConnectConfig config = ConnectConfig.of(rabbit.uri(proxy.port()).toString())) {
            proxy.refuse();
            withLink(config, link -> {
                assertThat(failure(link).code()).isEqualTo(ErrorCode.UNAVAILABLE);
                proxy.pass();
                await().atMost(Duration.ofSeconds(30)).until(() -> link.present() != null);
                return link;
            });
        }
    }

    // Fixture

    private interface LinkTask<T> {
        T run(Link link);
    }

    private static <T> T withLink(ConnectConfig config, LinkTask<T> task) {
        Link link = new Link("test", new Connector(config), config);
        try {
            return task.run(link);
        } finally {
            link.close(1_000);
        }
    }

    private static QueueException failure(Link link) {
        return catchThrowableOfType(QueueException.class, () -> join(link.connection()));
    }

    private static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QueueException failure) {
                throw failure;
            }
            throw new AssertionError(e);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void opens(String url, TlsOptions tls) throws IOException {
        opens(ConnectConfig.of(url, tls));
    }

    private void opens(String url, TlsOptions ignored, javax.net.ssl.SSLContext context) throws IOException {
        opens(
                url,
                new TlsOptions(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        ignored.verifyHost(),
                        Optional.of(context)));
    }

    private static void opens(ConnectConfig config) throws IOException {
        try (config) {
            Connection connection = new Connector(config).open("test");
            assertThat(connection.isOpen()).isTrue();
            assertThat(connection.getClientProvidedName()).isEqualTo("test");
            connection.close(5_000);
        }
    }

    private QueueException fails(String url, TlsOptions tls) {
        try (ConnectConfig config = new ConnectConfig(url, QUICK, tls)) {
            return fails(config);
        }
    }

    private static QueueException fails(ConnectConfig config) {
        long start = System.nanoTime();
        QueueException failure = catchThrowableOfType(QueueException.class, () -> new Connector(config).open("test"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        assertThat(failure).isNotNull();
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        assertThat(text.toString()).doesNotContain(SECRET);
        return failure;
    }

    private String user(String password, String configure, String write, String read) {
        String name = "user-" + UUID.randomUUID();
        rabbit.addUser(name, password, configure, write, read);
        return name;
    }

    private String administrator() {
        return rabbit.uri().getUserInfo().split(":", 2)[0];
    }

    private String tls(String host) {
        return "amqps://" + rabbit.uri().getRawUserInfo() + "@" + host + ":" + rabbit.tlsPort();
    }

    private static String plain(String user, String password, int port, String path) {
        String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8).replace("+", "%20");
        return "amqp://" + user + ":" + encoded + "@127.0.0.1:" + port + path;
    }

    private TlsOptions trusting() {
        return ConnectConfig.trusting(certificates.authority());
    }

    private TlsOptions withCertificate() {
        return new TlsOptions(
                trusting().ca(),
                Optional.of(certificates.clientCertificate().toString()),
                Optional.of(certificates.clientKey().toString()),
                true,
                Optional.empty());
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.CircuitBreaker;
import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.core.config.Settings;
import io.anyqueue.inmemory.InMemoryBrokerProvider;
import io.anyqueue.spi.Credentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings, as a client takes and refuses them (rules ERR-1, ERR-2). Which source wins is tested with the API. */
class ConfigTest {
    private static final String SECRET = "s3cr3t";

    private final String name = "config-" + System.nanoTime();
    private final ClientOptions options = ClientOptions.of("inmemory:" + name);
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    @TempDir
    Path directory;

    @AfterEach
    void forget() {
        InMemoryBrokerProvider.drop(name);
    }

    private QueueException refusedAtConnect(ErrorCode code, ClientOptions wrong) {
        return refused(code, () -> QueueClient.connect(wrong));
    }

    @ParameterizedTest
    @CsvSource({
        "anyqueue.send.whenfull, anyqueue.send.when-full",
        "anyqueue.urll, anyqueue.url",
        "anyqueue.consumer.orders.concurency, anyqueue.consumer.orders.concurrency",
        "anyqueue.consumer.*.time-out, anyqueue.consumer.*.timeout",
        "anyqueue.queue.orders.nam, anyqueue.queue.orders.name",
        "anyqueue.tls.verfy, anyqueue.tls.verify",
        "queue.url, anyqueue.url",
    })
    void ERR_1_an_unknown_key_is_refused_and_the_nearest_known_one_named(String key, String nearest) {
        assertThat(refusedAtConnect(ErrorCode.INVALID_ARGUMENT, options.set(key, "x")))
                .hasMessageContaining(key + " ")
                .hasMessageContaining("code")
                .hasMessageEndingWith(nearest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topology=created",
                "start=maybe",
                "tls.verify=yes",
                "send.when-full=drop",
                "send.wait=soon",
                "send.wait=-PT1S",
                "send.messages=0",
                "send.messages=many",
                "send.messages=99999999",
                "send.bytes=-1",
                "consumer.orders.enabled=on",
                "consumer.orders.concurrency=0",
                "consumer.orders.concurrency=10001",
                "consumer.orders.timeout=0s",
                "consumer.*.timeout=5 minutes",
                "consumer.orders.retry=5s,later",
                "consumer.orders.retry=blocking:",
                "consumer.orders.expired=keep",
                "consumer.orders.lease-max=0ms",
            })
    void ERR_1_a_wrong_value_is_refused_at_connect_and_its_key_named(String setting) {
        String key = "anyqueue." + setting.substring(0, setting.indexOf('='));
        String value = setting.substring(setting.indexOf('=') + 1);
        assertThat(refusedAtConnect(ErrorCode.INVALID_ARGUMENT, options.set(key, value)))
                .hasMessageContaining(key);
    }

    @Test
    void ERR_1_a_client_without_a_url_or_with_a_wrong_one_is_refused() {
        refused(ErrorCode.INVALID_ARGUMENT, () -> QueueClient.connect((ClientOptions) null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> QueueClient.connect(""));
        refused(ErrorCode.INVALID_ARGUMENT, () -> QueueClient.connect("in memory"));
        assertThat(refusedAtConnect(ErrorCode.INVALID_ARGUMENT, ClientOptions.of(Map.of())))
                .hasMessageContaining("anyqueue.url");
    }

    @Test
    void ERR_1_a_scheme_without_an_adapter_is_refused_and_those_that_are_there_are_named() {
        QueueException refusal =
                refused(ErrorCode.UNSUPPORTED, () -> QueueClient.connect("amqp://guest:" + SECRET + "@rabbit:5672/"));
        assertThat(refusal).hasMessageContaining("amqp:").hasMessageContaining("inmemory:");
        assertThat(trace(refusal)).doesNotContain(SECRET);
    }

    @Test
    void ERR_1_components_are_refused_if_they_are_none_or_two_of_a_sort() {
        assertThat(refusedAtConnect(
                        ErrorCode.INVALID_ARGUMENT,
                        ClientOptions.of("inmemory:").use("a text")))
                .hasMessageContaining("java.lang.String")
                .hasMessageContaining("MeterRegistry");
        assertThat(refusedAtConnect(
                        ErrorCode.INVALID_ARGUMENT,
                        ClientOptions.of("inmemory:").use(Clock.systemUTC()).use(Clock.systemUTC())))
                .hasMessageContaining("Clock");
    }

    @Test
    void ERR_2_secrets_are_masked_in_the_log() {
        FaultyBroker broker = FaultyBroker.create();
        try (TestLog log = TestLog.open()) {
            QueueClient.connect(ClientOptions.of("amqp://user:" + SECRET + "@rabbit:5672/prod")
                            .use(broker)
                            .set("anyqueue.username", "orders-svc")
                            .set("anyqueue.password", SECRET)
                            .set("anyqueue.native.sasl.jaas.config", SECRET)
                            .set("anyqueue.native.ssl.keystore.password", SECRET)
                            .set("anyqueue.native.aws.secretAccessKey", SECRET)
                            .set("anyqueue.native.session-token", SECRET)
                            .set("anyqueue.native.heartbeat", "15"))
                    .close();
            String lines = String.join("\n", log.lines());
            assertThat(lines)
                    .doesNotContain(SECRET)
                    .contains("anyqueue.password=*** (code)")
                    .contains("anyqueue.username=orders-svc (code)")
                    .contains("anyqueue.native.heartbeat=15 (code)")
                    .contains("rabbit");
        }
        broker.close();
    }

    @Test
    void ERR_2_no_secret_is_in_a_refusal() {
        options.set("anyqueue.username", "u").set("anyqueue.password", SECRET);
        assertThat(options.toString()).doesNotContain(SECRET);
        assertThat(trace(refusedAtConnect(ErrorCode.INVALID_ARGUMENT, options))).doesNotContain(SECRET);
    }

    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    @Test
    void SEC_1_references_stand_for_variables_and_files_and_are_read_again() throws IOException {
        Path file = directory.resolve("password");
        Files.writeString(file, "first\n");
        Settings settings = Settings.of(options.set("anyqueue.username", "u")
                .set("anyqueue.password", "${file:" + file + "}")
                .set("anyqueue.native.path", "<${env:PATH}>"));
        assertThat(settings.nativeProperties()).containsEntry("path", "<" + System.getenv("PATH") + ">");
        assertThat(settings.credentials()).contains(new Credentials("u", "first"));
        Files.writeString(file, "second$1\\");
        assertThat(settings.credentials()).contains(new Credentials("u", "second$1\\"));
    }

    @Test
    void ERR_1_a_reference_to_what_is_not_there_is_refused_at_connect() throws IOException {
        Path large = directory.resolve("large");
        Files.writeString(large, "x".repeat(100_000));
        for (String reference : List.of(
                "${env:ANYQUEUE_NO_SUCH_VARIABLE}",
                "${file:" + directory.resolve("none") + "}",
                "${file:" + large + "}")) {
            ClientOptions wrong = ClientOptions.of("inmemory:").set("anyqueue.native.max-messages", reference);
            assertThat(refusedAtConnect(ErrorCode.INVALID_ARGUMENT, wrong))
                    .hasMessageContaining("anyqueue.native.max-messages")
                    .hasMessageContaining(reference.substring(reference.indexOf(':') + 1, reference.length() - 1));
        }
    }

    @Test
    void ERR_1_gates_that_this_release_does_not_have_are_refused() {
        for (String setting : List.of("consumer.orders.rate", "consumer.*.rate", "consumer.orders.breaker")) {
            refusedAtConnect(
                    ErrorCode.UNSUPPORTED, ClientOptions.of("inmemory:").set("anyqueue." + setting, "10/s"));
        }
        try (QueueClient client = QueueClient.connect("inmemory:")) {
            MessageQueue<String> queue = client.queue("orders", String.class);
            refused(ErrorCode.UNSUPPORTED, () -> queue.consumer().rate(10, Duration.ofSeconds(1)));
            refused(ErrorCode.UNSUPPORTED, () -> queue.consumer().breaker(CircuitBreaker.standard()));
        }
    }

    @Test
    void BKP_2_what_is_set_from_outside_beats_the_code_and_the_own_setting_beats_the_common_one() {
        options.set("anyqueue.consumer.*.concurrency", "2")
                .set("anyqueue.consumer.orders.concurrency", "3")
                .set("anyqueue.consumer.*.retry", "1ms,1ms,1ms");
        try (QueueClient client = QueueClient.connect(options)) {
            assertRunsAtOnce(3, client.queue("orders", String.class));
            assertRunsAtOnce(2, client.queue("mails", String.class));
            MessageQueue<String> failing = client.queue("failing", String.class);
            failing.consumer().retry(RetryPolicy.none()).start((payload, context) -> {
                handled.add("attempt " + context.attempt());
                throw new IOException("always");
            });
            failing.send("x");
            eventually(() -> assertThat(failing.deadLetters().list()).hasSize(1));
            assertThat(handled).containsExactlyInAnyOrder("attempt 1", "attempt 2", "attempt 3", "attempt 4");
        }
    }

    private static void assertRunsAtOnce(int handlers, MessageQueue<String> queue) {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        queue.consumer().concurrency(1).start(payload -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            end.await();
            now.decrementAndGet();
            done.incrementAndGet();
        });
        for (int i = 0; i < 10; i++) {
            queue.send("m" + i);
        }
        eventually(() -> assertThat(now).hasValue(handlers));
        end.countDown();
        eventually(() -> assertThat(done).hasValue(10));
        assertThat(most).hasValue(handlers);
    }

    @Test
    void RTY_2_the_time_out_from_outside_beats_the_code() {
        options.set("anyqueue.consumer.orders.timeout", "30ms").set("anyqueue.consumer.orders.retry", "none");
        try (QueueClient client = QueueClient.connect(options)) {
            MessageQueue<String> queue = client.queue("orders", String.class);
            queue.consumer().timeout(Duration.ofHours(1)).start(payload -> new CountDownLatch(1).await());
            queue.send("x");
            eventually(() -> assertThat(queue.deadLetters().list())
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.error()).contains("PT0.03S")));
        }
    }

    @Test
    void ORD_5_a_delayed_retry_from_outside_is_refused_on_an_ordered_queue_too() {
        options.set("anyqueue.consumer.steps.retry", "5s,30s").set("anyqueue.consumer.fine.retry", "blocking:5s,30s");
        try (QueueClient client = QueueClient.connect(options)) {
            refused(
                    ErrorCode.UNSUPPORTED,
                    () -> client.queue(QueueSpec.of("steps", String.class).orderedBy(text -> text))
                            .consume(handled::add));
            client.queue(QueueSpec.of("fine", String.class).orderedBy(text -> text))
                    .consume(handled::add);
        }
    }

    @Test
    void RCV_1_physical_names_come_from_outside_then_from_the_code_then_from_the_prefix() {
        options.set("anyqueue.name-prefix", "acme-").set("anyqueue.queue.orders.name", "com.acme.orders.v1");
        try (QueueClient client = QueueClient.connect(options);
                QueueClient plain = QueueClient.connect("inmemory:" + name)) {
            client.queue("prefixed", String.class).send("1");
            client.queue(QueueSpec.of("coded", String.class).physicalName("code/d"))
                    .send("2");
            client.queue(QueueSpec.of("orders", String.class).physicalName("ignored"))
                    .send("3");
            for (String physical : List.of("acme-prefixed", "code/d", "com.acme.orders.v1")) {
                plain.queue(QueueSpec.of("q" + physical.length(), String.class).physicalName(physical))
                        .consume(payload -> handled.add(physical + "=" + payload));
            }
            eventually(() -> assertThat(handled)
                    .containsExactlyInAnyOrder("acme-prefixed=1", "code/d=2", "com.acme.orders.v1=3"));
        }
    }

    @Test
    void RCV_1_a_physical_name_is_checked_together_with_those_derived_from_it() {
        try (QueueClient client = QueueClient.connect(options)) {
            refused(
                    ErrorCode.INVALID_ARGUMENT,
                    () -> client.queue(QueueSpec.of("orders", String.class).physicalName("x".repeat(251))));
            assertThat(client.queue(QueueSpec.of("orders", String.class).physicalName("x".repeat(250)))
                            .send("x"))
                    .isNotEmpty();
        }
    }

    @Test
    void SND_3_validate_creates_nothing_and_assume_looks_at_nothing() {
        options.set("anyqueue.topology", "validate");
        try (QueueClient validating = QueueClient.connect(options);
                QueueClient assuming =
                        QueueClient.connect(ClientOptions.of("inmemory:" + name).set("anyqueue.topology", "assume"));
                QueueClient creating = QueueClient.connect("inmemory:" + name)) {
            refused(ErrorCode.NOT_FOUND, () -> validating.queue("orders", String.class));
            MessageQueue<String> assumed = assuming.queue("orders", String.class);
            refused(ErrorCode.NOT_FOUND, () -> assumed.send("x"));
            creating.queue("orders", String.class);
            assertThat(assumed.send("x")).isNotEmpty();
            assertThat(validating.queue("orders", String.class).send("y")).isNotEmpty();
        }
    }

    @Test
    void SND_6_native_arguments_of_a_queue_reach_the_broker() {
        options.set("anyqueue.queue.small.native.max-messages", "1")
                .set("anyqueue.queue.typo.native.max-mesages", "1")
                .set("anyqueue.send.when-full", "fail");
        try (QueueClient client = QueueClient.connect(options)) {
            MessageQueue<String> small = client.queue("small", String.class);
            small.send("1");
            refused(ErrorCode.RESOURCE_EXHAUSTED, () -> small.send("2"));
            assertThat(refused(ErrorCode.INVALID_ARGUMENT, () -> client.queue("typo", String.class)))
                    .hasMessageContaining("max-messages");
        }
    }
}

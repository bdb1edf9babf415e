package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.anyqueue.ClientOptions;
import io.anyqueue.ConsumerBuilder;
import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageHandler;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.PartialSendException;
import io.anyqueue.PayloadHandler;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.Stage;
import io.anyqueue.StartAt;
import io.anyqueue.TopicSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong arguments, each refused with its code before anything is sent (rules SND-5, ERR-1), and legal ones at the limit. */
class BadInputTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FaultyBroker broker = FaultyBroker.create();
    private final QueueClient client =
            QueueClient.connect(ClientOptions.of("inmemory:").use(broker));
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private void assertNothingSent() {
        assertThat(broker.handedOver()).isEmpty();
    }

    private static ErrorCode code(CompletableFuture<String> failed) {
        ExecutionException failure = catchThrowableOfType(ExecutionException.class, failed::get);
        return ((QueueException) failure.getCause()).code();
    }

    @Test
    void SND_5_null_is_refused_by_every_send() {
        String noText = null;
        Outgoing<String> noMessage = null;
        assertThat(refused(ErrorCode.INVALID_ARGUMENT, () -> queue.send(noText)))
                .hasMessageContaining("payload is null; use an empty payload");
        refused(ErrorCode.INVALID_ARGUMENT, () -> queue.send(noMessage));
        refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of(noText));
        assertThat(code(queue.sendAsync(noText))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(code(queue.sendAsync(noMessage))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        refused(ErrorCode.INVALID_ARGUMENT, () -> queue.sendAll(null));
        MessageTopic<String> topic = client.topic("events", String.class);
        refused(ErrorCode.INVALID_ARGUMENT, () -> topic.send(noText));
        assertThat(code(topic.sendAsync(noMessage))).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertNothingSent();
    }

    @Test
    void SND_7_an_empty_payload_arrives_empty() {
        queue.consume(text -> handled.add("<" + text + ">"));
        queue.send("");
        MessageQueue<byte[]> raw = client.queue("raw", byte[].class);
        raw.consume(bytes -> handled.add(Integer.toString(bytes.length)));
        raw.send(new byte[0]);
        eventually(() -> assertThat(handled).containsExactlyInAnyOrder("<>", "0"));
    }

    @Test
    void SND_5_a_message_of_the_limit_passes_and_one_byte_more_is_too_large() {
        QueueException refusal = refused(ErrorCode.TOO_LARGE, () -> queue.send("x".repeat(1 << 20)));
        assertThat(refusal).hasMessageContaining("orders").hasMessageContaining("in-memory broker");
        String text = refusal.getMessage();
        int limit = Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
        assertThat(limit).isBetween((1 << 20) - 8 * 1024, 1 << 20);
        int fields = "idstringtext/plain;charset=utf-8".length();
        refused(
                ErrorCode.TOO_LARGE,
                () -> queue.send(Outgoing.of("x".repeat(limit - fields + 1)).id("id")));
        assertThat(code(queue.sendAsync("x".repeat(limit)))).isEqualTo(ErrorCode.TOO_LARGE);
        assertNothingSent();
        queue.send(Outgoing.of("x".repeat(limit - fields)).id("id"));
        assertThat(broker.handedOver()).hasSize(1);
    }

    @Test
    void SND_5_text_that_is_no_unicode_is_refused() {
        refused(ErrorCode.INVALID_ARGUMENT, () -> queue.send("half a pair \ud83d"));
        assertNothingSent();
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void SND_5_a_payload_of_another_class_is_refused() {
        refused(ErrorCode.INVALID_ARGUMENT, () -> ((MessageQueue) queue).send(42));
        assertThat(code(((MessageQueue<Object>) (MessageQueue) queue).sendAsync(List.of())))
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertNothingSent();
    }

    @Test
    void ERR_1_a_payload_class_that_no_codec_knows_is_refused_when_the_queue_is_opened() {
        assertThat(refused(ErrorCode.INVALID_ARGUMENT, () -> client.queue("dates", Instant.class)))
                .hasMessageContaining("codec");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "\t", "q-id", "Q-x", "content-type", "Content-Type", "AWS.x", "amazon.x", "amq.x"})
    void SND_5_a_header_name_that_is_blank_or_reserved_is_refused(String name) {
        refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of("x").header(name, "v"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-death", "x-delivery-count", "a\r\nb", "a\u0000", "a\u0085", "half \udc00"})
    void SND_5_a_header_name_that_a_broker_could_not_carry_is_refused(String name) {
        refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of("x").header(name, "v"));
    }

    @Test
    void SND_5_headers_are_bounded_in_bytes() {
        String longest = "ü".repeat(64);
        refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of("x").header(longest + "x", "v"));
        refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of("x").header("h", null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of("x").header("h", "line 1\nline 2"));
        Outgoing<String> full = Outgoing.of("x").header("h", "v".repeat(32 * 1024 - 1));
        refused(ErrorCode.TOO_LARGE, () -> full.header("i", ""));
        refused(ErrorCode.TOO_LARGE, () -> Outgoing.of("x").header("h", "v".repeat(200 * 1024)));
        assertNothingSent();
        assertThat(queue.send(full.header("h", "v"))).isNotEmpty();
        assertThat(queue.send(full)).isNotEmpty();
        assertThat(queue.send(Outgoing.of("x").header(longest, "v"))).isNotEmpty();
    }

    @Test
    void SND_7_many_and_strange_headers_arrive_as_they_were() {
        Outgoing<String> message = Outgoing.of("x")
                .header("with space", "a:b")
                .header("colon:", " edges ")
                .header("nfc é", "nfd e\u0301")
                .header("rtl", "\u05d0\u05d1");
        for (int i = 0; i < 2_000; i++) {
            message = message.header("h" + i, "v" + i);
        }
        Map<String, String> sent = message.headers();
        queue.consume((payload, context) -> {
            assertThat(context.message().headers()).containsExactlyEntriesOf(sent);
            handled.add(payload);
        });
        queue.send(message);
        eventually(() -> assertThat(handled).containsExactly("x"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a/b",
                "a.b",
                "..",
                ".",
                "a#",
                "*",
                "ünï",
                "-a",
                "a-",
                "a--b",
                "_a",
                "a\n",
                "__consumer_offsets",
                "amq.foo",
                "foo.fifo",
                "{a}",
                "1234567890123456789012345678901234567890123456789012345678901234"
            })
    void ERR_1_a_name_that_is_not_legal_everywhere_is_refused(String name) {
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.queue(name, String.class));
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.topic(name, String.class));
        MessageTopic<String> topic = client.topic("events", String.class);
        refused(ErrorCode.INVALID_ARGUMENT, () -> topic.subscription(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dlq", "retry", "delay", "replies", "s0", "s15"})
    void ERR_1_a_subscription_name_that_is_used_for_derived_objects_is_refused(String name) {
        MessageTopic<String> topic = client.topic("events", String.class);
        refused(ErrorCode.INVALID_ARGUMENT, () -> topic.subscription(name));
        assertThat(client.queue(name, String.class).send("x")).isNotEmpty();
    }

    @Test
    void ERR_1_the_longest_name_is_legal() {
        String longest = "a" + "-_Z9".repeat(15) + "-z";
        assertThat(longest).hasSize(63);
        MessageTopic<String> topic = client.topic(longest, String.class);
        topic.subscription(longest).consume(handled::add);
        topic.send("x");
        eventually(() -> assertThat(handled).containsExactly("x"));
    }

    @Test
    void ERR_1_an_opened_name_cannot_be_something_else() {
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.topic("orders", String.class));
        refused(
                ErrorCode.CONFLICT,
                () -> client.queue(QueueSpec.of("orders", String.class).priorities(2)));
        refused(
                ErrorCode.CONFLICT,
                () -> client.queue(QueueSpec.of("orders", String.class).orderedBy(text -> text)));
        try (QueueClient other =
                QueueClient.connect(ClientOptions.of("inmemory:").use(broker))) {
            refused(ErrorCode.CONFLICT, () -> other.topic("orders", String.class));
            refused(
                    ErrorCode.CONFLICT,
                    () -> other.queue(QueueSpec.of("orders", String.class).priorities(2)));
        }
        assertThat(client.queue("orders", byte[].class).send(new byte[1])).isNotEmpty();
    }

    @Test
    void DLY_2_a_delay_is_refused_if_negative_and_zero_or_past_is_at_once() {
        for (Duration wrong :
                List.of(Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE), Duration.ofSeconds(Long.MAX_VALUE))) {
            refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of("x").delay(wrong));
        }
        refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of("x").delay(null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> Outgoing.of("x").deliverAt(Instant.MAX));
        queue.consume(handled::add);
        queue.send(Outgoing.of("zero").delay(Duration.ZERO));
        queue.send(Outgoing.of("past").deliverAt(Instant.EPOCH));
        queue.send(Outgoing.of("long past").deliverAt(Instant.ofEpochMilli(-1)));
        queue.send(Outgoing.of("1 ns").delay(Duration.ofNanos(1)));
        eventually(() -> assertThat(handled).containsExactly("zero", "past", "long past", "1 ns"));
        queue.send(Outgoing.of("never").delay(Duration.ofMillis(Long.MAX_VALUE)));
        queue.send(Outgoing.of("end"));
        eventually(() -> assertThat(handled).endsWith("end").hasSize(5));
    }

    @Test
    void DLY_1_a_part_of_a_millisecond_counts_as_a_whole_one() {
        ManualTime time = new ManualTime();
        FaultyBroker still = FaultyBroker.create(time);
        try (QueueClient own = QueueClient.connect(
                ClientOptions.of("inmemory:").use(still).use(time).use(time.clock()))) {
            own.queue("orders", String.class).send(Outgoing.of("x").delay(Duration.ofNanos(1_000_001)));
        }
        assertThat(still.handedOver())
                .extracting(message -> message.deliverAtMillis() - message.createdAtMillis())
                .containsExactly(2L);
        still.close();
    }

    @Test
    void SND_5_expiry_priority_id_and_key_are_checked() {
        Outgoing<String> x = Outgoing.of("x");
        refused(ErrorCode.INVALID_ARGUMENT, () -> x.expiresAfter(Duration.ZERO));
        refused(ErrorCode.INVALID_ARGUMENT, () -> x.expiresAfter(Duration.ofMillis(-1)));
        refused(ErrorCode.INVALID_ARGUMENT, () -> x.priority(-1));
        refused(ErrorCode.INVALID_ARGUMENT, () -> queue.send(x.priority(1)));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> QueueSpec.of("p", String.class).priorities(0));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> QueueSpec.of("p", String.class).priorities(33));
        refused(ErrorCode.INVALID_ARGUMENT, () -> x.id(" "));
        refused(ErrorCode.INVALID_ARGUMENT, () -> x.id("x".repeat(129)));
        refused(ErrorCode.INVALID_ARGUMENT, () -> x.id("a\nb"));
        refused(ErrorCode.INVALID_ARGUMENT, () -> x.key(""));
        refused(ErrorCode.INVALID_ARGUMENT, () -> x.key("a\u0000"));
        assertNothingSent();
        MessageQueue<String> levels =
                client.queue(QueueSpec.of("levels", String.class).priorities(32));
        levels.send(x.priority(31).id("x".repeat(128)).key("k").expiresAfter(Duration.ofMillis(Long.MAX_VALUE)));
        refused(ErrorCode.INVALID_ARGUMENT, () -> levels.send(x.priority(32)));
        levels.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactly("x"));
    }

    @Test
    void ORD_1_an_ordered_queue_with_priorities_is_refused() {
        refused(
                ErrorCode.UNSUPPORTED,
                () -> client.queue(
                        QueueSpec.of("both", String.class).priorities(2).orderedBy(text -> text)));
    }

    @Test
    void RET_1_a_retention_that_the_broker_cannot_keep_is_refused() {
        refused(
                ErrorCode.UNSUPPORTED,
                () -> client.topic(TopicSpec.of("log", String.class).retained(SECOND)));
        refused(
                ErrorCode.UNSUPPORTED,
                () -> client.topic("events", String.class)
                        .subscription("audit")
                        .consumer()
                        .from(StartAt.beginning())
                        .start(handled::add));
    }

    @Test
    void SND_5_an_empty_batch_does_nothing() {
        queue.sendAll(List.of());
        assertNothingSent();
    }

    @Test
    void SND_5_a_null_in_a_batch_is_named_by_its_index_and_harms_no_other() {
        PartialSendException partial = catchThrowableOfType(
                PartialSendException.class,
                () -> queue.sendAll(Arrays.asList(Outgoing.of("0"), null, Outgoing.of("2"))));
        assertThat(partial.failures().keySet()).containsExactly(1);
        assertThat(partial.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(partial).hasMessageContaining("1 of 3").hasMessageContaining("index 1");
        assertThat(broker.handedOver()).hasSize(2);
    }

    @Test
    void SND_5_a_batch_of_more_than_ten_thousand_is_split_and_kept_in_order() {
        List<String> texts = IntStream.range(0, 10_001).mapToObj(i -> "m" + i).toList();
        queue.sendAll(texts.stream().map(Outgoing::of).toList());
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).hasSize(10_001));
        assertThat(new ArrayList<>(handled)).isEqualTo(texts);
    }

    @Test
    void SND_2_an_id_that_comes_twice_in_a_batch_is_stored_once() {
        queue.sendAll(List.of(
                Outgoing.of("1").id("same"), Outgoing.of("2"), Outgoing.of("3").id("same"), Outgoing.of("4")));
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactly("1", "2", "4"));
    }

    @Test
    void ERR_1_a_consumer_refuses_wrong_settings() {
        ConsumerBuilder<String> builder = queue.consumer();
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.concurrency(0));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.concurrency(10_001));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.timeout(Duration.ZERO));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.timeout(SECOND.negated()));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.timeout(null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.retry(null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.whenExhausted(null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.idempotent(null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.idempotencyKey(null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.from(null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.use(Stage.HANDLER, null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.use(null, (context, next) -> next.proceed()));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.start((PayloadHandler<String>) null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> queue.consume((MessageHandler<String>) null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> RetryPolicy.none().attempts(0));
        refused(ErrorCode.INVALID_ARGUMENT, () -> RetryPolicy.delays(SECOND.negated()));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> queue.consumer()
                        .retry(RetryPolicy.exponential(SECOND, 2, SECOND))
                        .start(handled::add));
    }

    @Test
    void ERR_1_what_this_release_does_not_have_is_refused_when_it_is_asked_for() {
        ConsumerBuilder<String> builder = queue.consumer();
        refused(ErrorCode.UNSUPPORTED, () -> builder.transactional(null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.parking(null));
        refused(ErrorCode.UNSUPPORTED, () -> client.unwrap(String.class));
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.unwrap(null));
    }

    @Test
    void ERR_1_a_handler_that_asks_for_what_is_not_there_hears_so() {
        MessageConsumer consumer = queue.consumer().retry(RetryPolicy.none()).start((payload, context) -> {
            switch (payload) {
                case "resource" -> context.resource(Instant.class);
                case "reply" -> context.reply("x");
                case "address" -> context.send(null, "x");
                default -> context.send(queue, Outgoing.of("x").priority(5));
            }
        });
        List<String> wishes = List.of("resource", "reply", "address", "priority");
        wishes.forEach(queue::send);
        eventually(() -> assertThat(queue.deadLetters().list()).hasSize(4));
        assertThat(queue.deadLetters().list())
                .extracting(DeadLetter::errorClass)
                .containsOnly(QueueException.class.getName());
        assertThat(broker.handedOver()).as("nothing but the wishes").hasSize(4);
        assertThat(consumer.stop(SECOND)).isTrue();
    }
}

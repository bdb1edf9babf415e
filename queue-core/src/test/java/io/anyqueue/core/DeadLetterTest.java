package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.DeadLetters;
import io.anyqueue.ErrorCode;
import io.anyqueue.HandlingException;
import io.anyqueue.Health;
import io.anyqueue.Message;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.Stage;
import io.anyqueue.StartAt;
import io.anyqueue.core.Shapes.Circle;
import io.anyqueue.core.Shapes.Shape;
import io.anyqueue.core.Shapes.Square;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages that are given up (rules DLQ-1, DLQ-2, RTY-3, EXP-1, RCV-7). */
class DeadLetterTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = connect(Map.of());
    private final AtomicInteger runs = new AtomicInteger();

    private QueueClient connect(Map<String, String> settings) {
        ClientOptions options = ClientOptions.of("inmemory:")
                .use(broker)
                .use(time)
                .use(time.clock())
                .use(new Shapes.ShapeCodec());
        settings.forEach(options::set);
        return QueueClient.connect(settings.isEmpty() ? options.use(meters) : options);
    }

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private List<DeadLetter> await(int letters, DeadLetters from) {
        time.passUntil(() -> assertThat(from.list()).hasSize(letters));
        return from.list().toList();
    }

    private double outcomes(String outcome) {
        return meters.get("q.outcomes")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    private DeadLetter failWith(Exception failure) {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer().retry(RetryPolicy.none()).start(payload -> {
            throw failure;
        });
        queue.send("x");
        return await(1, queue.deadLetters()).get(0);
    }

    @Test
    void DLQ_1_a_letter_of_a_subscription_says_where_when_how_often_and_why() {
        MessageTopic<String> topic = client.topic("events", String.class);
        topic.subscription("mail").consumer().retry(RetryPolicy.delays(SECOND)).start(payload -> {
            throw new IOException("mail server away");
        });
        Queue<String> audited = new ConcurrentLinkedQueue<>();
        topic.subscription("audit").consume(audited::add);
        Instant sent = time.now();
        String id = topic.send("x");
        DeadLetter letter = await(1, topic.subscription("mail").deadLetters()).get(0);
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.source()).isEqualTo("events");
        assertThat(letter.subscription()).isEqualTo("mail");
        assertThat(letter.reason()).isEqualTo("EXHAUSTED");
        assertThat(letter.error()).isEqualTo("mail server away");
        assertThat(letter.errorClass()).isEqualTo(IOException.class.getName());
        assertThat(letter.attempts()).isEqualTo(2);
        assertThat(letter.deliveries()).isEqualTo(2);
        assertThat(letter.redrives()).isZero();
        assertThat(letter.firstFailedAt()).isBetween(sent, letter.at().minus(SECOND));
        assertThat(letter.at()).isBeforeOrEqualTo(time.now());
        assertThat(letter.fingerprint()).isNotBlank();
        assertThat(topic.subscription("audit").deadLetters().list()).isEmpty();
        assertThat(audited).containsExactly("x");
    }

    @Test
    void DLQ_1_the_original_is_untouched_whatever_the_handler_did_to_its_payload() {
        MessageQueue<byte[]> queue =
                client.queue(QueueSpec.of("raw", byte[].class).priorities(3));
        queue.consumer().retry(RetryPolicy.delays(SECOND)).start(payload -> {
            Arrays.fill(payload, (byte) 7);
            throw new IOException("always");
        });
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        queue.send(Outgoing.of(all)
                .key("k")
                .priority(2)
                .header("b", "")
                .header("a", "ünï 🙂")
                .expiresAfter(Duration.ofDays(1)));
        Message original = await(1, queue.deadLetters()).get(0).original();
        assertThat(original.bodyArray()).isEqualTo(all);
        assertThat(original.headers()).containsExactly(Map.entry("b", ""), Map.entry("a", "ünï 🙂"));
        assertThat(original.key()).contains("k");
        assertThat(original.priority()).isEqualTo(2);
        assertThat(original.type()).contains("byte-array");
        assertThat(original.contentType()).contains("application/octet-stream");
        assertThat(original.createdAtMillis()).isPositive();
    }

    @Test
    void DLQ_1_a_huge_error_text_is_cut_between_characters() {
        DeadLetter letter = failWith(new IOException("ab" + "🙂".repeat(1 << 20)));
        assertThat(letter.error().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1_020, 1_024);
        assertThat(letter.error()).startsWith("ab🙂").endsWith("🙂");
    }

    @Test
    void DLQ_1_control_characters_of_an_error_are_replaced() {
        DeadLetter letter = failWith(new IOException("line 1\r\nline 2\t\u0000\u001b[31mred\u007f"));
        assertThat(letter.error()).isEqualTo("line 1 line 2 [31mred ");
    }

    @Test
    void DLQ_1_an_error_without_a_text_has_an_empty_one() {
        DeadLetter letter = failWith(new NullPointerException());
        assertThat(letter.error()).isEmpty();
        assertThat(letter.errorClass()).isEqualTo(NullPointerException.class.getName());
    }

    @Test
    void DLQ_1_letters_of_one_kind_have_one_fingerprint() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer().retry(RetryPolicy.none()).start(payload -> {
            if (payload.startsWith("io")) {
                throw new IOException("text of " + payload);
            }
            throw new IllegalStateException(payload);
        });
        List.of("io1", "io2", "state").forEach(queue::send);
        List<DeadLetter> letters = await(3, queue.deadLetters());
        assertThat(letters.get(0).fingerprint()).isEqualTo(letters.get(1).fingerprint());
        assertThat(letters.get(0).fingerprint()).isNotEqualTo(letters.get(2).fingerprint());
    }

    @Test
    void DLQ_1_the_largest_message_can_be_dead_lettered() {
        MessageQueue<byte[]> queue = client.queue("raw", byte[].class);
        queue.consumer().retry(RetryPolicy.none()).start(payload -> {
            throw new IOException("x".repeat(10_000));
        });
        String tooLarge = refused(ErrorCode.TOO_LARGE, () -> queue.send(new byte[1 << 20]))
                .getMessage();
        int largest = Integer.parseInt(tooLarge.substring(tooLarge.lastIndexOf(' ') + 1));
        int fields = "byte-arrayapplication/octet-stream".length() + 36;
        byte[] body = new byte[largest - fields - 1 - 32_000];
        queue.send(Outgoing.of(body).header("h", "v".repeat(32_000)));
        DeadLetter letter = await(1, queue.deadLetters()).get(0);
        assertThat(letter.original().bodyArray()).isEqualTo(body);
        assertThat(letter.error()).hasSize(1_024);
    }

    @Test
    void RCV_7_what_cannot_be_decoded_is_kept_raw_and_the_handler_does_not_run() {
        byte[] noText = {'a', (byte) 0xc3, (byte) 0x28, (byte) 0xff};
        try (QueueClient foreign = connect(Map.of("anyqueue.send.messages", "10"))) {
            foreign.queue("orders", byte[].class).send(noText);
        }
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consume(payload -> runs.incrementAndGet());
        DeadLetter letter = await(1, queue.deadLetters()).get(0);
        assertThat(letter.reason()).isEqualTo("UNDECODABLE");
        assertThat(letter.attempts()).isZero();
        assertThat(letter.original().bodyArray()).isEqualTo(noText);
        assertThat(letter.error()).contains("UTF-8");
        assertThat(runs).hasValue(0);
    }

    @Test
    void RCV_7_a_codec_that_throws_anything_makes_an_undecodable_message() {
        MessageQueue<Shape> queue = client.queue("shapes", Shape.class);
        Queue<Shape> handled = new ConcurrentLinkedQueue<>();
        queue.consume(handled::add);
        queue.send(new Circle("broken"));
        queue.send(new Square("fine"));
        assertThat(await(1, queue.deadLetters()).get(0).reason()).isEqualTo("UNDECODABLE");
        eventually(() -> assertThat(handled).containsExactly(new Square("fine")));
    }

    @Test
    void RTY_2_an_unknown_type_is_dead_lettered_by_a_queue() {
        try (QueueClient newer = connect(Map.of("anyqueue.send.messages", "10"))) {
            newer.queue("shapes", Shape.class).send(new Square("new"));
        }
        MessageQueue<Circle> queue = client.queue("shapes", Circle.class);
        queue.consume(payload -> runs.incrementAndGet());
        DeadLetter letter = await(1, queue.deadLetters()).get(0);
        assertThat(letter.reason()).isEqualTo("UNKNOWN_TYPE");
        assertThat(letter.error()).contains("square").contains("circle");
        assertThat(letter.original().type()).contains("square");
        assertThat(runs).hasValue(0);
    }

    @Test
    void RTY_2_an_unknown_type_is_skipped_by_a_subscription_and_counted() {
        Queue<Circle> handled = new ConcurrentLinkedQueue<>();
        var circles = client.topic("shapes", Circle.class).subscription("circles");
        circles.consume(handled::add);
        try (QueueClient newer = connect(Map.of("anyqueue.send.messages", "10"))) {
            MessageTopic<Shape> topic = newer.topic("shapes", Shape.class);
            topic.send(new Square("new"));
            topic.send(new Circle("old"));
            topic.send(new Circle("broken"));
        }
        assertThat(await(1, circles.deadLetters()).get(0).reason()).isEqualTo("UNDECODABLE");
        assertThat(handled).containsExactly(new Circle("old"));
        assertThat(outcomes("skipped")).isEqualTo(1);
    }

    @Test
    void EXP_1_an_expired_message_is_dropped_and_counted() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.send(Outgoing.of("old").expiresAfter(SECOND));
        queue.send(Outgoing.of("new").expiresAfter(SECOND.plusMillis(1)));
        time.advance(SECOND);
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactly("new"));
        assertThat(outcomes("expired")).isEqualTo(1);
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @Test
    void EXP_1_an_expired_message_is_kept_where_the_setting_says_so() {
        try (QueueClient keeping = connect(Map.of("anyqueue.consumer.orders.expired", "dead-letter"))) {
            MessageQueue<String> queue = keeping.queue("orders", String.class);
            queue.send(Outgoing.of("old").expiresAfter(SECOND));
            time.advance(SECOND);
            queue.consume(payload -> runs.incrementAndGet());
            DeadLetter letter = await(1, queue.deadLetters()).get(0);
            assertThat(letter.reason()).isEqualTo("EXPIRED");
            assertThat(letter.attempts()).isZero();
            assertThat(letter.error()).isEmpty();
            assertThat(runs).hasValue(0);
        }
    }

    @Test
    void EXP_1_a_message_that_expires_between_two_attempts_is_not_handled_again() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer().retry(RetryPolicy.delays(SECOND.multipliedBy(10))).start(payload -> {
            runs.incrementAndGet();
            throw new IOException("always");
        });
        queue.send(Outgoing.of("x").expiresAfter(SECOND.multipliedBy(9)));
        time.passUntil(() -> assertThat(outcomes("expired")).isEqualTo(1));
        assertThat(runs).hasValue(1);
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @Test
    void DLQ_2_while_the_dead_letter_queue_cannot_be_written_the_message_stays_and_health_says_so() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        MessageConsumer consumer = startPermanentlyFailing(queue);
        broker.receiving.forwarding = ReceiverFaults.Forwarding.UNKNOWN;
        queue.send("x");
        time.passUntil(() -> assertThat(broker.receiving.forwards).hasValueGreaterThan(4));
        assertThat(queue.deadLetters().list()).isEmpty();
        assertThat(consumer.health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(consumer.health().notes())
                .singleElement()
                .asString()
                .contains("orders")
                .contains("since");
        assertThat(client.health().status()).isEqualTo(Health.Status.DEGRADED);
        broker.receiving.forwarding = ReceiverFaults.Forwarding.WORKS;
        assertThat(await(1, queue.deadLetters()).get(0).error()).isEqualTo("no");
        eventually(() -> assertThat(consumer.health()).isEqualTo(Health.UP));
        assertThat(runs).as("runs of the handler").hasValue(1);
        queue.send("y");
        await(2, queue.deadLetters());
    }

    @Test
    void DLQ_2_where_one_step_is_not_offered_the_letter_is_stored_before_the_message_is_acknowledged() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        startPermanentlyFailing(queue);
        broker.receiving.forwarding = ReceiverFaults.Forwarding.NOT_OFFERED;
        broker.onlyTo("orders--dlq").nextSends("NNU");
        queue.send("x");
        await(1, queue.deadLetters());
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(broker.handedOver())
                .as("the message, and its letter four times")
                .hasSize(5);
        assertThat(runs).as("runs of the handler").hasValue(1);
    }

    @Test
    void DLQ_2_a_consumer_that_stops_meanwhile_loses_nothing() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        MessageConsumer consumer = startPermanentlyFailing(queue);
        broker.receiving.forwarding = ReceiverFaults.Forwarding.UNKNOWN;
        queue.send("x");
        eventually(() -> assertThat(broker.receiving.forwards).hasPositiveValue());
        assertThat(consumer.stop(SECOND)).isTrue();
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactly("x"));
    }

    private MessageConsumer startPermanentlyFailing(MessageQueue<String> queue) {
        return queue.consume(payload -> {
            runs.incrementAndGet();
            throw HandlingException.permanent("no");
        });
    }

    @Test
    void DLQ_3_a_message_that_crashed_its_process_too_often_is_dead_lettered_without_another_run() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.send("deadly");
        crash(7);
        queue.consume(payload -> runs.incrementAndGet());
        DeadLetter letter = await(1, queue.deadLetters()).get(0);
        assertThat(letter.reason()).isEqualTo("CRASHES");
        assertThat(letter.attempts()).isZero();
        assertThat(letter.deliveries()).isEqualTo(8);
        assertThat(letter.error()).isEmpty();
        assertThat(runs).hasValue(0);
    }

    @Test
    void DLQ_3_up_to_the_limit_of_six_crashes_the_handler_runs() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.send("unlucky");
        crash(6);
        queue.consume(payload -> runs.incrementAndGet());
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(runs).hasValue(1);
    }

    /** Takes the message and lets the lease run out, as a process does that dies. */
    private void crash(int times) {
        Receiver receiver = broker.receiver(
                Spec.of(Endpoint.queue("orders")), new ReceiverOptions("dies", StartAt.now()), new NoListener());
        receiver.window(1, 1_000);
        for (int i = 0; i < times; i++) {
            assertThat(receiver.poll(1, 1_000, delivery -> {})).isEqualTo(1);
            time.advance(Spec.DEFAULT_LEASE.plusSeconds(1));
        }
        receiver.close(SECOND);
    }

    private static final class NoListener implements ReceiverListener {
        @Override
        public void readable() {
            // It polls by itself.
        }

        @Override
        public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void lost(Object shard, long epoch) {
            // It would be dead.
        }

        @Override
        public void state(State state, QueueException why) {
            // It would be dead.
        }
    }

    @Test
    void RTY_3_what_one_run_did_is_gone_at_the_next() {
        MessageQueue<byte[]> queue = client.queue("raw", byte[].class);
        QueueSpec<String> out = QueueSpec.of("out", String.class);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        Queue<String> sent = new ConcurrentLinkedQueue<>();
        client.queue(out).consume(sent::add);
        ThreadLocal<String> leftover = new ThreadLocal<>();
        queue.consumer()
                .retry(RetryPolicy.delays(SECOND))
                .use(Stage.HANDLER, (context, next) -> {
                    leftover.set("attempt " + context.attempt());
                    try {
                        next.proceed();
                    } finally {
                        leftover.remove();
                    }
                })
                .start((payload, context) -> {
                    seen.add(new String(payload, StandardCharsets.UTF_8)
                            + context.message().headers()
                            + leftover.get());
                    assertThatThrownBy(() -> context.message().headers().put("x", "y"))
                            .isInstanceOf(UnsupportedOperationException.class);
                    assertThat(context.message().body().isReadOnly()).isTrue();
                    payload[0] = '!';
                    context.send(out, "of attempt " + context.attempt());
                    if (context.attempt() == 1) {
                        throw new IOException("once");
                    }
                });
        queue.send(Outgoing.of("abc".getBytes(StandardCharsets.UTF_8)).header("h", "v"));
        time.passUntil(() -> assertThat(sent).isNotEmpty());
        assertThat(seen).containsExactly("abc{h=v}attempt 1", "abc{h=v}attempt 2");
        assertThat(sent).containsExactly("of attempt 2");
    }

    @Test
    void DLQ_1_letters_are_listed_over_pages_and_can_be_consumed_as_a_queue() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        startPermanentlyFailing(queue);
        List<String> texts = IntStream.range(0, 250).mapToObj(i -> "m" + i).toList();
        texts.forEach(queue::send);
        assertThat(await(250, queue.deadLetters()))
                .extracting(letter -> new String(letter.original().bodyArray(), StandardCharsets.UTF_8))
                .containsExactlyElementsOf(texts);
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        client.queue(QueueSpec.of("dead-orders", String.class).physicalName("orders--dlq"))
                .consume(handled::add);
        eventually(() -> assertThat(handled).containsExactlyElementsOf(texts));
        assertThat(queue.deadLetters().list()).isEmpty();
    }
}

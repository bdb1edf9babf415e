package io.anyqueue.core;

import static io.anyqueue.core.Eventually.awaitLatch;
import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.HandlingException;
import io.anyqueue.Health;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.Message;
import io.anyqueue.MessageContext;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import io.anyqueue.core.Shapes.Circle;
import io.anyqueue.core.Shapes.Shape;
import io.anyqueue.core.Shapes.Square;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.QueueEndpoint;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Questions and their replies (rules EXP-1, ERR-1, SET-4, SEC-1). */
class RequestTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** So long that a busy machine does not make it end. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private static final QueueSpec<String> NOTES = QueueSpec.of("notes", String.class);

    private final FaultyBroker broker = FaultyBroker.create();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = connect(broker, meters);
    private final MessageQueue<String> queue = client.queue("questions", String.class);
    private final AtomicReference<Message> question = new AtomicReference<>();

    private static QueueClient connect(FaultyBroker broker, Object... components) {
        ClientOptions options = ClientOptions.of("inmemory:").use(broker).use(new Shapes.ShapeCodec());
        for (Object component : components) {
            options.use(component);
        }
        return QueueClient.connect(options);
    }

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private String ask(String what) {
        return client.request(queue, what, String.class, LONG);
    }

    private void answerAll() {
        queue.consume((payload, context) -> {
            question.set(context.message());
            context.reply(payload + "!");
        });
    }

    private double count(String meter, String tag, String value) {
        return meters.get(meter).tag(tag, value).functionCounter().count();
    }

    private double dropped() {
        return meters.get("q.replies.dropped").functionCounter().count();
    }

    private static ErrorCode codeOf(CompletableFuture<?> failed) {
        return org.assertj.core.api.Assertions.catchThrowableOfType(CompletionException.class, failed::join)
                                .getCause()
                        instanceof QueueException failure
                ? failure.code()
                : null;
    }

    @Test
    void a_question_is_answered_whether_or_not_the_broker_moves_in_one_step() {
        answerAll();
        assertThat(ask("a")).isEqualTo("a!");
        assertThat(broker.receiving.forwards).hasPositiveValue();
        broker.receiving.forwarding = ReceiverFaults.Forwarding.NOT_OFFERED;
        assertThat(ask("b")).isEqualTo("b!");
        assertThat(count("q.requests", "result", "answered")).isEqualTo(2);
    }

    @Test
    void the_question_carries_where_to_reply_its_conversation_and_its_expiry() {
        answerAll();
        ask("a");
        Message asked = question.get();
        assertThat(asked.replyTo().orElseThrow()).matches("client-[0-9a-f]{32}--replies");
        assertThat(asked.correlationId()).contains(asked.id());
        assertThat(asked.expiresAtMillis()).isEqualTo(asked.createdAtMillis() + LONG.toMillis());
    }

    @Test
    void what_the_handler_sends_goes_with_its_reply() {
        Queue<String> notes = new ConcurrentLinkedQueue<>();
        client.queue(NOTES).consume(notes::add);
        queue.consumer().idempotent(IdempotencyStore.inMemory()).start((payload, context) -> {
            context.reply("r");
            context.send(NOTES, "n");
        });
        assertThat(ask("a")).isEqualTo("r");
        eventually(() -> assertThat(notes).containsExactly("n"));
    }

    @Test
    void replies_of_a_sealed_type_are_told_apart_and_nothing_else_is_decoded() {
        queue.consume((payload, context) -> context.reply(
                switch (payload) {
                    case "circle" -> new Circle("c");
                    case "square" -> new Square("s");
                    default -> "text";
                }));
        assertThat(client.request(queue, "circle", Shape.class, LONG)).isEqualTo(new Circle("c"));
        assertThat(client.request(queue, "square", Shape.class, LONG)).isEqualTo(new Square("s"));
        refused(ErrorCode.UNDECODABLE, () -> client.request(queue, "square", Circle.class, LONG));
        refused(ErrorCode.UNDECODABLE, () -> client.request(queue, "text", Shape.class, LONG));
    }

    @Test
    void a_final_failure_is_reported_at_once_with_its_text_and_no_more() {
        queue.consumer().retry(RetryPolicy.none()).start((payload, context) -> {
            context.reply("never sent");
            throw payload.equals("io")
                    ? new IOException("disk\nfull" + "x".repeat(5_000))
                    : HandlingException.permanent("gone");
        });
        QueueException io = refused(ErrorCode.HANDLER_FAILED, () -> ask("io"));
        assertThat(io).hasMessageContaining("EXHAUSTED: disk full");
        assertThat(io.getMessage()).hasSizeLessThan(1_400).doesNotContain("IOException");
        assertThat(refused(ErrorCode.HANDLER_FAILED, () -> ask("gone"))).hasMessageContaining("PERMANENT: gone");
        assertThat(queue.deadLetters().list()).hasSize(2);
        assertThat(count("q.requests", "result", "failed")).isEqualTo(2);
    }

    @Test
    void a_failure_whose_message_is_dropped_or_undecodable_is_reported_as_well() {
        queue.consumer()
                .retry(RetryPolicy.none())
                .whenExhausted(WhenExhausted.DROP)
                .start(payload -> {
                    throw new IOException("no");
                });
        assertThat(refused(ErrorCode.HANDLER_FAILED, () -> ask("a"))).hasMessageContaining("EXHAUSTED: no");
        assertThat(queue.deadLetters().list()).isEmpty();
        MessageQueue<Shape> shapes = client.queue("shapes", Shape.class);
        shapes.consume(shape -> {});
        assertThat(refused(
                        ErrorCode.HANDLER_FAILED,
                        () -> client.request(shapes, new Circle("broken"), String.class, LONG)))
                .hasMessageContaining("UNDECODABLE");
        assertThat(shapes.deadLetters().list()).hasSize(1);
    }

    @Test
    void SET_4_the_fault_goes_with_the_dead_letter_in_one_move() {
        queue.consumer().retry(RetryPolicy.none()).start(payload -> {
            throw new IOException("no");
        });
        refused(ErrorCode.HANDLER_FAILED, () -> ask("a"));
        assertThat(broker.receiving.forwards).hasValue(1);
        assertThat(broker.handedOver()).as("only the question was sent").hasSize(1);
    }

    @Test
    void a_retry_that_succeeds_in_time_answers() {
        AtomicInteger runs = new AtomicInteger();
        queue.consumer().retry(RetryPolicy.delays(Duration.ofMillis(1))).start((payload, context) -> {
            if (runs.incrementAndGet() == 1) {
                throw new IOException("once");
            }
            context.reply("attempt " + context.attempt());
        });
        assertThat(ask("a")).isEqualTo("attempt 2");
    }

    @Test
    void EXP_1_a_question_that_is_not_answered_in_time_ends_and_is_not_retried() throws Exception {
        ManualTime time = new ManualTime();
        FaultyBroker other = FaultyBroker.create(time);
        try (QueueClient timed = connect(other, time, time.clock(), meters)) {
            AtomicInteger runs = new AtomicInteger();
            MessageQueue<String> slow = timed.queue("slow", String.class);
            slow.consumer().retry(RetryPolicy.delays(SECOND.multipliedBy(10))).start(payload -> {
                runs.incrementAndGet();
                throw new IOException("always");
            });
            CompletableFuture<String> answer = timed.requestAsync(slow, "a", String.class, SECOND.multipliedBy(5));
            eventually(() -> assertThat(runs).hasValue(1));
            time.advance(SECOND.multipliedBy(5).minusNanos(1));
            assertThat(answer).isNotDone();
            time.advance(Duration.ofNanos(1));
            eventually(() -> assertThat(answer).isCompletedExceptionally());
            assertThat(codeOf(answer)).isEqualTo(ErrorCode.TIMEOUT);
            time.passUntil(() -> assertThat(meters.get("q.outcomes")
                            .tag("source", "slow")
                            .tag("outcome", "expired")
                            .functionCounter()
                            .count())
                    .isEqualTo(1));
            assertThat(runs).hasValue(1);
            assertThat(slow.deadLetters().list()).isEmpty();
        } finally {
            other.close();
        }
    }

    @Test
    void a_reply_after_the_time_out_is_not_even_sent() throws Exception {
        ManualTime time = new ManualTime();
        FaultyBroker other = FaultyBroker.create(time);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (QueueClient timed = connect(other, time, time.clock(), meters)) {
            MessageQueue<String> slow = timed.queue("slow", String.class);
            slow.consume((payload, context) -> {
                begun.countDown();
                awaitLatch(goOn);
                context.reply("late");
            });
            CompletableFuture<String> answer = timed.requestAsync(slow, "a", String.class, SECOND);
            awaitLatch(begun);
            time.advance(SECOND);
            eventually(() -> assertThat(answer).isCompletedExceptionally());
            goOn.countDown();
            eventually(() ->
                    assertThat(count("q.trouble", "kind", "reply-dropped")).isEqualTo(1));
            assertThat(other.receiving.forwards).hasValue(0);
        } finally {
            other.close();
        }
    }

    @Test
    void a_reply_that_comes_twice_or_to_nobody_is_dropped_and_counted() {
        answerAll();
        ask("a");
        Message asked = question.get();
        Spec replies = Spec.of(Endpoint.queue(asked.replyTo().orElseThrow()));
        Sender sender = broker.sender(replies);
        List<String> answers = List.of(asked.id(), "of somebody else", "");
        for (String answered : answers) {
            Message reply = Message.builder("reply to " + answered)
                    .correlationId(answered.isEmpty() ? null : answered)
                    .build();
            sender.send(List.of(() -> reply), new Ignored());
        }
        eventually(() -> assertThat(dropped()).isEqualTo(3));
        assertThat(ask("b")).isEqualTo("b!");
    }

    private static final class Ignored implements Sender.Results {
        @Override
        public void confirmed(Sender.PendingSend send) {}

        @Override
        public void rejected(Sender.PendingSend send, QueueException why) {}

        @Override
        public void unknown(Sender.PendingSend send, QueueException why) {}
    }

    @Test
    void a_requester_that_is_gone_costs_its_server_nothing() {
        for (ReceiverFaults.Forwarding forwarding :
                List.of(ReceiverFaults.Forwarding.WORKS, ReceiverFaults.Forwarding.NOT_OFFERED)) {
            broker.receiving.forwarding = forwarding;
            MessageQueue<String> kind = client.queue("kind-" + forwarding.name(), String.class);
            QueueClient gone = connect(broker);
            List<CompletableFuture<String>> asked = List.of(
                    gone.requestAsync(kind, "good", String.class, LONG),
                    gone.requestAsync(kind, "bad", String.class, LONG));
            gone.close();
            assertThat(asked).extracting(RequestTest::codeOf).containsOnly(ErrorCode.CLOSED);
            AtomicInteger runs = new AtomicInteger();
            kind.consumer().retry(RetryPolicy.none()).start((payload, context) -> {
                runs.incrementAndGet();
                if (payload.equals("bad")) {
                    throw new IOException("no");
                }
                context.reply("x");
            });
            eventually(() -> assertThat(kind.deadLetters().list()).hasSize(1));
            eventually(() -> assertThat(meters.get("q.trouble")
                            .tag("source", "kind-" + forwarding.name())
                            .tag("kind", "reply-dropped")
                            .functionCounter()
                            .count())
                    .isEqualTo(2));
            assertThat(runs).hasValue(2);
        }
        assertThat(client.health().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void SEC_1_a_message_cannot_make_the_server_write_elsewhere() {
        client.queue(NOTES);
        AtomicReference<QueueException> refusal = new AtomicReference<>();
        queue.consume((payload, context) -> refusal.set(refused(ErrorCode.INVALID_ARGUMENT, () -> context.reply("x"))));
        Sender sender = broker.sender(Spec.of(new QueueEndpoint("questions", "questions")));
        List<String> places =
                List.of("notes", "questions", "x--replies", "client-" + "0".repeat(32) + "--replies\n", "\u0000");
        for (String place : places) {
            Message foreign = Message.builder("to " + place.hashCode())
                    .body("x".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .replyTo(place)
                    .build();
            sender.send(List.of(() -> foreign), new Ignored());
            eventually(() -> assertThat(refusal.get()).isNotNull());
            assertThat(refusal.getAndSet(null)).hasMessageContaining("no reply queue");
        }
    }

    @Test
    void a_reply_is_given_once_in_time_and_only_to_a_question() {
        AtomicReference<MessageContext> kept = new AtomicReference<>();
        queue.consumer().retry(RetryPolicy.none()).start((payload, context) -> {
            kept.set(context);
            refused(ErrorCode.INVALID_ARGUMENT, () -> context.reply(null));
            refused(ErrorCode.INVALID_ARGUMENT, () -> context.reply(new Object()));
            refused(ErrorCode.TOO_LARGE, () -> context.reply(new byte[2 << 20]));
            context.reply("first");
            refused(ErrorCode.INVALID_ARGUMENT, () -> context.reply("second"));
        });
        assertThat(ask("a")).isEqualTo("first");
        refused(ErrorCode.INVALID_ARGUMENT, () -> kept.get().reply("late"));
        MessageQueue<String> plain = client.queue("plain", String.class);
        plain.consumer().retry(RetryPolicy.none()).start((payload, context) -> context.reply("to whom?"));
        plain.send("x");
        eventually(() -> assertThat(plain.deadLetters().list())
                .extracting(DeadLetter::error)
                .singleElement()
                .asString()
                .contains("asks for no reply"));
    }

    @Test
    void handlers_that_wait_for_replies_do_not_keep_replies_from_coming() {
        ExecutorService one = Executors.newFixedThreadPool(2);
        FaultyBroker other = FaultyBroker.create();
        try (QueueClient small = connect(other, one)) {
            MessageQueue<String> inner = small.queue("inner", String.class);
            MessageQueue<String> outer = small.queue("outer", String.class);
            inner.consume((payload, context) -> context.reply(payload + " inner"));
            outer.consumer()
                    .concurrency(1)
                    .start((payload, context) ->
                            context.reply(small.request(inner, payload, String.class, LONG) + " outer"));
            assertThat(small.request(outer, "x", String.class, LONG)).isEqualTo("x inner outer");
        } finally {
            one.shutdownNow();
            other.close();
        }
    }

    @Test
    void a_thousand_questions_at_once_are_each_answered_with_their_own_reply() {
        queue.consumer().concurrency(8).start((payload, context) -> context.reply(payload + "!"));
        List<CompletableFuture<String>> answers = IntStream.range(0, 1_000)
                .mapToObj(i -> client.requestAsync(queue, "q" + i, String.class, LONG))
                .toList();
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).join()).isEqualTo("q" + i + "!");
        }
    }

    @Test
    void BKP_1_the_questions_that_wait_are_bounded_and_cancelling_makes_room() {
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            waiting.add(client.requestAsync(queue, "q", String.class, LONG));
        }
        assertThat(codeOf(client.requestAsync(queue, "q", String.class, LONG))).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
        refused(ErrorCode.RESOURCE_EXHAUSTED, () -> ask("q"));
        waiting.get(17).cancel(true);
        waiting.add(client.requestAsync(queue, "q", String.class, LONG));
        assertThat(waiting.get(waiting.size() - 1)).isNotDone();
    }

    @Test
    void a_question_that_cannot_be_sent_fails_at_once() {
        broker.onlyTo("questions").nextSends("N");
        refused(ErrorCode.NOT_FOUND, () -> ask("a"));
        broker.nextSends("N");
        assertThat(codeOf(client.requestAsync(queue, "a", String.class, LONG))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void the_first_answer_of_a_topic_counts() {
        MessageTopic<String> topic = client.topic("events", String.class);
        topic.subscription("one").consume((payload, context) -> context.reply("yes"));
        topic.subscription("two").consume((payload, context) -> context.reply("yes"));
        assertThat(client.request(topic, "x", String.class, LONG)).isEqualTo("yes");
        eventually(() -> assertThat(dropped()).isEqualTo(1));
    }

    @Test
    void LIF_2_closing_fails_what_waits_and_deletes_the_reply_queue() throws Exception {
        QueueClient other = connect(broker);
        MessageQueue<String> silent = other.queue("silent", String.class);
        CompletableFuture<String> answer = other.requestAsync(silent, "a", String.class, LONG);
        Message asked = broker.handedOver().get(0);
        Spec replies = Spec.of(Endpoint.queue(asked.replyTo().orElseThrow()));
        assertThat(describe(replies).exists()).isTrue();
        other.close();
        assertThat(codeOf(answer)).isEqualTo(ErrorCode.CLOSED);
        assertThat(describe(replies).exists()).isFalse();
        refused(ErrorCode.CLOSED, () -> other.request(silent, "b", String.class, LONG));
        assertThat(codeOf(other.requestAsync(silent, "b", String.class, LONG))).isEqualTo(ErrorCode.CLOSED);
    }

    private Topology.Description describe(Spec spec) throws Exception {
        return broker.topology().describe(spec).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void ERR_1_an_interrupt_ends_the_wait_and_stays_set() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            refused(ErrorCode.INTERRUPTED, () -> ask("a"));
            flag.set(Thread.currentThread().isInterrupted());
            ended.countDown();
        });
        thread.start();
        eventually(() -> assertThat(broker.handedOver()).hasSize(1));
        thread.interrupt();
        awaitLatch(ended);
        assertThat(flag).hasValue(true);
    }

    @Test
    void ERR_1_bad_input_is_refused_before_anything_is_sent() {
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.request(null, "x", String.class, SECOND));
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.request(queue, null, String.class, SECOND));
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.request(queue, "x", null, SECOND));
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.request(queue, "x", String.class, null));
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.request(queue, "x", String.class, Duration.ZERO));
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.request(queue, "x", String.class, SECOND.negated()));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> client.request(queue, "x", String.class, Duration.ofSeconds(Long.MAX_VALUE)));
        refused(ErrorCode.INVALID_ARGUMENT, () -> client.request(queue, "x", Object.class, SECOND));
        FaultyBroker elsewhere = FaultyBroker.create();
        try (QueueClient other = connect(elsewhere)) {
            MessageQueue<String> foreign = other.queue("questions", String.class);
            refused(ErrorCode.INVALID_ARGUMENT, () -> client.request(foreign, "x", String.class, SECOND));
        } finally {
            elsewhere.close();
        }
        assertThat(broker.handedOver()).isEmpty();
    }
}

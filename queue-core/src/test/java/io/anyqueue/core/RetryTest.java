package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.Feature;
import io.anyqueue.HandlingException;
import io.anyqueue.MessageContext;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import io.anyqueue.inmemory.InMemoryBrokerProvider;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Retries, as an application sees them (rules RTY-1, RTY-2, RCV-5). */
class RetryTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(meters));
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final Queue<String> runs = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private void record(MessageContext context) {
        runs.add(context.attempt() + "/" + context.deliveries());
    }

    private List<DeadLetter> deadLetters() {
        return queue.deadLetters().list().toList();
    }

    private DeadLetter awaitDeadLetter() {
        time.passUntil(() -> assertThat(deadLetters()).hasSize(1));
        return deadLetters().get(0);
    }

    private double counted(String meter, String tag, String value) {
        FunctionCounter counter = meters.get(meter).tag(tag, value).functionCounter();
        return counter.count();
    }

    @ParameterizedTest
    @EnumSource(
            value = Feature.class,
            names = {"ATTEMPTS_KEPT", "DELAYED_RELEASE"})
    void RTY_1_where_the_broker_cannot_keep_attempts_or_delays_a_copy_carries_them(Feature missing) {
        broker.without(missing);
        retriesByCopies();
        assertThat(broker.handedOver())
                .as("copies went in one step with the ack")
                .hasSize(1);
    }

    @Test
    void RTY_1_a_copy_is_stored_before_its_original_is_acknowledged_where_one_step_is_not_offered() {
        broker.without(Feature.ATTEMPTS_KEPT);
        broker.receiving.forwarding = ReceiverFaults.Forwarding.NOT_OFFERED;
        retriesByCopies();
        assertThat(broker.handedOver())
                .as("the message, two copies, the dead letter")
                .hasSize(4);
    }

    private void retriesByCopies() {
        Queue<Instant> at = new ConcurrentLinkedQueue<>();
        queue.consumer().retry(RetryPolicy.delays(SECOND, SECOND)).start((payload, context) -> {
            record(context);
            at.add(time.now());
            throw new IOException(payload);
        });
        String id = queue.send("x");
        DeadLetter letter = awaitDeadLetter();
        assertThat(runs).containsExactly("1/1", "2/2", "3/3");
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.reason()).isEqualTo("EXHAUSTED");
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.deliveries()).isEqualTo(3);
        List<Instant> times = List.copyOf(at);
        assertThat(Duration.between(times.get(0), times.get(1))).isGreaterThanOrEqualTo(SECOND);
        assertThat(Duration.between(times.get(1), times.get(2))).isGreaterThanOrEqualTo(SECOND);
        assertThat(letter.firstFailedAt()).isBetween(times.get(0), times.get(1));
        assertThat(new String(letter.original().bodyArray(), StandardCharsets.UTF_8))
                .isEqualTo("x");
    }

    @Test
    void RTY_1_a_copy_that_cannot_be_stored_leaves_the_message_where_it_is() {
        broker.without(Feature.ATTEMPTS_KEPT);
        broker.receiving.forwarding = ReceiverFaults.Forwarding.UNKNOWN;
        queue.consumer().retry(RetryPolicy.delays(SECOND)).start((payload, context) -> {
            record(context);
            if (context.attempt() == 1) {
                throw new IOException("once");
            }
        });
        queue.send("x");
        time.passUntil(() -> assertThat(broker.receiving.forwards).hasValueGreaterThan(3));
        assertThat(runs).as("the handler is not run again for it").containsExactly("1/1");
        broker.receiving.forwarding = ReceiverFaults.Forwarding.WORKS;
        time.passUntil(() -> assertThat(runs).containsExactly("1/1", "2/2"));
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void RTY_2_busy_and_retry_after_are_not_attempts() {
        queue.consumer().retry(RetryPolicy.none()).start((payload, context) -> {
            record(context);
            if (context.deliveries() < 3) {
                throw HandlingException.busy(SECOND);
            }
            if (context.deliveries() < 5) {
                throw HandlingException.retryAfter(SECOND, new IOException("429"));
            }
        });
        queue.send("x");
        time.passUntil(() -> assertThat(runs).hasSize(5));
        assertThat(runs).containsExactly("1/1", "1/2", "1/3", "1/4", "1/5");
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void RTY_2_retry_after_is_not_early() {
        Queue<Instant> at = new ConcurrentLinkedQueue<>();
        queue.consume(payload -> {
            at.add(time.now());
            if (at.size() == 1) {
                throw HandlingException.retryAfter(Duration.ofSeconds(20), null);
            }
        });
        queue.send("x");
        time.passUntil(() -> assertThat(at).hasSize(2));
        List<Instant> times = List.copyOf(at);
        assertThat(Duration.between(times.get(0), times.get(1))).isGreaterThanOrEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void RTY_2_what_was_declared_permanent_is_not_retried() {
        queue.consumer()
                .retry(RetryPolicy.standard().permanent(IOException.class))
                .start((payload, context) -> {
                    record(context);
                    throw new IllegalStateException(new FileNotFoundException("gone"));
                });
        queue.send("x");
        DeadLetter letter = awaitDeadLetter();
        assertThat(runs).containsExactly("1/1");
        assertThat(letter.reason()).isEqualTo("PERMANENT");
        assertThat(letter.attempts()).isEqualTo(1);
    }

    @Test
    void RTY_1_exhausted_messages_are_dropped_where_asked_and_counted() {
        queue.consumer()
                .retry(RetryPolicy.delays(SECOND))
                .whenExhausted(WhenExhausted.DROP)
                .start((payload, context) -> {
                    record(context);
                    throw new IOException("always");
                });
        queue.send("x");
        time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(runs).containsExactly("1/1", "2/2");
        assertThat(deadLetters()).isEmpty();
        assertThat(counted("q.outcomes", "outcome", "dropped")).isEqualTo(1);
    }

    @Test
    void RTY_1_within_ends_the_retries_by_age() {
        queue.consumer()
                .retry(RetryPolicy.exponential(SECOND, 2, Duration.ofMinutes(1)).within(Duration.ofSeconds(60)))
                .start((payload, context) -> {
                    record(context);
                    throw new IOException("always");
                });
        queue.send("x");
        DeadLetter letter = awaitDeadLetter();
        // 1 + 2 + 4 + 8 + 16 s and up to a fifth more are within 60 s; 32 s more are not.
        assertThat(runs).containsExactly("1/1", "2/2", "3/3", "4/4", "5/5", "6/6");
        assertThat(letter.reason()).isEqualTo("EXHAUSTED");
    }

    @Test
    void RTY_2_the_time_out_interrupts_the_handler_and_counts_as_an_attempt() {
        CountDownLatch never = new CountDownLatch(1);
        queue.consumer()
                .retry(RetryPolicy.delays(SECOND))
                .timeout(Duration.ofSeconds(5))
                .start((payload, context) -> {
                    record(context);
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        runs.add("interrupted, stopping=" + context.stopping());
                        throw e;
                    }
                });
        queue.send("x");
        DeadLetter letter = awaitDeadLetter();
        assertThat(runs).containsExactly("1/1", "interrupted, stopping=true", "2/2", "interrupted, stopping=true");
        assertThat(letter.reason()).isEqualTo("EXHAUSTED");
        assertThat(letter.attempts()).isEqualTo(2);
        assertThat(letter.errorClass()).endsWith("TimedOutException");
        assertThat(letter.error()).contains("PT5S");
        assertThat(counted("q.trouble", "kind", "timeout")).isEqualTo(2);
    }

    @Test
    void RTY_2_a_retry_in_place_begins_without_the_time_out_of_the_run_before() {
        CountDownLatch never = new CountDownLatch(1);
        queue.consumer()
                .retry(RetryPolicy.none().inPlace(1))
                .timeout(Duration.ofSeconds(10))
                .start((payload, context) -> {
                    record(context);
                    if (context.attempt() == 1) {
                        never.await();
                    }
                    runs.add("stopping=" + context.stopping() + ", interrupted=" + Thread.interrupted());
                });
        queue.send("x");
        time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(runs).containsExactly("1/1", "2/1", "stopping=false, interrupted=false");
    }

    @Test
    void RTY_1_an_error_of_the_handler_is_a_failed_attempt_and_the_consumer_lives_on() {
        queue.consumer().retry(RetryPolicy.delays(SECOND)).start((payload, context) -> {
            record(context);
            if (payload.equals("deep")) {
                dive(0);
            }
            if (payload.equals("bad assertion")) {
                throw new AssertionError("gone");
            }
        });
        queue.send("deep");
        time.passUntil(() -> assertThat(deadLetters()).hasSize(1));
        queue.send("bad assertion");
        time.passUntil(() -> assertThat(deadLetters()).hasSize(2));
        assertThat(deadLetters())
                .extracting(DeadLetter::errorClass)
                .containsExactly(StackOverflowError.class.getName(), AssertionError.class.getName());
        queue.send("fine");
        eventually(() -> assertThat(runs).containsExactly("1/1", "2/2", "1/1", "2/2", "1/1"));
    }

    /** Ends with a StackOverflowError. */
    private static int dive(int depth) {
        return depth < 0 ? 0 : 1 + dive(depth + 1);
    }

    @Test
    void RTY_1_an_interrupt_flag_that_a_handler_leaves_does_not_hit_the_next_message() {
        Queue<Boolean> flags = new ConcurrentLinkedQueue<>();
        queue.consume(payload -> {
            flags.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
        });
        for (int i = 0; i < 20; i++) {
            queue.send("x");
        }
        eventually(() -> assertThat(flags).hasSize(20));
        assertThat(flags).containsOnly(false);
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(20));
    }

    @Test
    void RTY_1_the_number_of_runs_is_exact_with_two_clients_that_compete() {
        String name = "retry-" + System.nanoTime();
        Map<String, Queue<Integer>> attempts = new ConcurrentHashMap<>();
        try (QueueClient one = named(name);
                QueueClient other = named(name)) {
            for (QueueClient each : List.of(one, other)) {
                each.queue("shared", String.class)
                        .consumer()
                        .concurrency(4)
                        .retry(RetryPolicy.delays(SECOND, SECOND, SECOND))
                        .start((payload, context) -> {
                            attempts.computeIfAbsent(payload, key -> new ConcurrentLinkedQueue<>())
                                    .add(context.attempt());
                            throw new IOException("always");
                        });
            }
            MessageQueue<String> shared = one.queue("shared", String.class);
            for (int i = 0; i < 40; i++) {
                shared.send("m" + i);
            }
            time.passUntil(() -> assertThat(shared.deadLetters().list()).hasSize(40));
        } finally {
            InMemoryBrokerProvider.drop(name);
        }
        assertThat(attempts).hasSize(40);
        assertThat(attempts.values()).allSatisfy(numbers -> assertThat(numbers).containsExactly(1, 2, 3, 4));
    }

    private QueueClient named(String name) {
        return QueueClient.connect(
                ClientOptions.of("inmemory:" + name).use(time).use(time.clock()));
    }
}

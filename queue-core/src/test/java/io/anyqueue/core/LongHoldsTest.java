package io.anyqueue.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.HandlingException;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Messages that are held for far longer than a lease of 90 s and a lease-max of 15 minutes (rules RCV-3, RCV-6, ORD-1, RTY-1,
 * RTY-2, DLQ-2). All happens on the test's thread and on a clock that is turned by hand, hours in no time.
 */
class LongHoldsTest {
    private static final QueueSpec<String> ORDERED =
            QueueSpec.of("ordered", String.class).orderedBy(text -> "one key");
    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualTime time = new ManualTime();
    private final Instant begin = time.now();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final Executor here = Runnable::run;
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(here));
    private final List<String> handled = new ArrayList<>();
    private final List<Duration> runs = new ArrayList<>();

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private void run() {
        runs.add(Duration.between(begin, time.now()));
    }

    private static List<String> reasons(MessageQueue<String> queue) {
        return queue.deadLetters().list().map(DeadLetter::reason).toList();
    }

    @Test
    void RTY_1_a_blocking_policy_of_half_an_hour_ends_after_its_attempts_and_no_sooner() {
        MessageQueue<String> queue = client.queue(ORDERED);
        Duration pause = Duration.ofMinutes(10);
        queue.consumer().retry(RetryPolicy.blocking(pause, pause, pause)).start(payload -> {
            run();
            throw new IOException("down");
        });
        queue.send("x");
        time.advance(HOUR.multipliedBy(3));
        assertThat(runs).hasSize(4);
        assertThat(queue.deadLetters().list()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo("EXHAUSTED");
            assertThat(letter.attempts()).isEqualTo(4);
        });
    }

    @Test
    void RTY_2_retry_after_an_hour_is_kept_on_an_ordered_queue() {
        MessageQueue<String> queue = client.queue(ORDERED);
        queue.consume(payload -> {
            run();
            if (runs.size() <= 3) {
                throw HandlingException.retryAfter(HOUR, null);
            }
        });
        queue.send("x");
        time.advance(HOUR.multipliedBy(4));
        assertThat(reasons(queue)).isEmpty();
        assertThat(runs).containsExactly(Duration.ZERO, HOUR, HOUR.multipliedBy(2), HOUR.multipliedBy(3));
    }

    @Test
    void RTY_1_what_is_put_off_for_ever_ends_some_day() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer()
                .retry(RetryPolicy.delays(Duration.ofSeconds(10)).within(HOUR))
                .start(payload -> {
                    throw HandlingException.retryAfter(HOUR, null);
                });
        queue.send("x");
        time.advance(Duration.ofDays(10));
        assertThat(queue.deadLetters().list()).hasSize(1);
    }

    @Test
    void RCV_6_slow_handlers_with_many_keys_before_them_run_once_for_each_message() {
        MessageQueue<String> queue =
                client.queue(QueueSpec.of("keys", String.class).orderedBy(text -> text));
        for (int i = 0; i < 400; i++) {
            queue.send("k" + i);
        }
        queue.consume(payload -> {
            handled.add(payload);
            time.advance(Duration.ofSeconds(20));
        });
        time.advance(HOUR.multipliedBy(3));
        assertThat(reasons(queue)).isEmpty();
        assertThat(handled).doesNotHaveDuplicates().hasSize(400);
    }

    @Test
    void ORD_1_a_key_with_slow_handlers_keeps_its_order_and_loses_nothing() {
        MessageQueue<String> queue = client.queue(ORDERED);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add("m" + i);
        }
        sent.forEach(queue::send);
        queue.consume(payload -> {
            handled.add(payload);
            time.advance(Duration.ofSeconds(50));
        });
        time.advance(HOUR.multipliedBy(3));
        assertThat(reasons(queue)).isEmpty();
        assertThat(handled).containsExactlyElementsOf(sent);
    }

    @Test
    void DLQ_2_a_handler_does_not_run_again_while_its_dead_letter_cannot_be_stored_for_hours() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.receiving.forwarding = ReceiverFaults.Forwarding.UNKNOWN;
        queue.consume(payload -> {
            run();
            throw HandlingException.permanent("bad");
        });
        try (TestLog log = TestLog.open()) {
            queue.send("x");
            time.advance(HOUR.multipliedBy(3));
            assertThat(log.aboveInfo()).isNotEmpty();
            broker.receiving.forwarding = ReceiverFaults.Forwarding.WORKS;
            time.advance(HOUR);
        }
        assertThat(runs).hasSize(1);
        assertThat(reasons(queue)).containsExactly("PERMANENT");
    }

    @Test
    void ORD_1_a_key_goes_on_behind_a_dead_letter_that_the_adapter_threw_at() {
        AtomicInteger calls = new AtomicInteger();
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public boolean forward(Delivery delivery, List<Forward> out, Results results) {
                if (calls.incrementAndGet() == 1) {
                    throw new IllegalStateException("a defect of the adapter");
                }
                return super.forward(delivery, out, results);
            }
        });
        MessageQueue<String> queue = client.queue(ORDERED);
        queue.sendAll(List.of(Outgoing.of("bad"), Outgoing.of("good")));
        try (TestLog log = TestLog.open()) {
            queue.consume(payload -> {
                if (payload.equals("bad")) {
                    throw HandlingException.permanent("bad");
                }
                handled.add(payload);
            });
            assertThat(handled).containsExactly("good");
            time.advance(HOUR);
            assertThat(log.aboveInfo()).anySatisfy(line -> assertThat(line).contains("the adapter failed"));
        }
        assertThat(reasons(queue)).containsExactly("PERMANENT");
        assertThat(handled).containsExactly("good");
    }

    @Test
    void RCV_3_an_extension_without_an_answer_is_asked_for_a_few_times_and_not_at_every_look() {
        AtomicInteger asked = new AtomicInteger();
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public void extend(List<? extends Delivery> deliveries, Receiver.Results results) {
                asked.addAndGet(deliveries.size());
            }
        });
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer().timeout(HOUR).start(payload -> time.advance(Duration.ofSeconds(60)));
        queue.send("x");
        assertThat(asked.get()).isBetween(1, 20);
    }

    @Test
    void RTY_2_a_store_that_fails_to_record_is_no_attempt() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer()
                .idempotent(new ForgetfulStore())
                .retry(RetryPolicy.none())
                .start((payload, context) -> handled.add(payload + context.attempt()));
        try (TestLog log = TestLog.open()) {
            queue.send("x");
            assertThat(log.aboveInfo()).hasSize(1);
        }
        time.advance(HOUR);
        assertThat(reasons(queue)).isEmpty();
        assertThat(handled).containsExactly("x1", "x1");
    }

    /** Fails to record the first completion. */
    private static final class ForgetfulStore implements IdempotencyStore {
        private final IdempotencyStore store = IdempotencyStore.inMemory();
        private boolean failed;

        @Override
        public Claim claim(String scope, String key, Duration lease, Instant now) {
            return store.claim(scope, key, lease, now);
        }

        @Override
        public boolean renew(String scope, String key, long token, Duration lease, Instant now) {
            return store.renew(scope, key, token, lease, now);
        }

        @Override
        public boolean complete(String scope, String key, long token, Instant now) {
            if (!failed) {
                failed = true;
                throw new IllegalStateException("the store is away");
            }
            return store.complete(scope, key, token, now);
        }

        @Override
        public boolean release(String scope, String key, long token) {
            return store.release(scope, key, token);
        }

        @Override
        public Duration retention() {
            return store.retention();
        }
    }
}

package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Shards that are handed over or lost while handlers of them run (rules RCV-4, ORD-1). Time is turned by hand. */
class RevokeTest {
    private static final QueueSpec<String> STEPS =
            QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1));
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(meters));
    private final Map<String, Delivery> deliveries = new ConcurrentHashMap<>();
    private final AtomicInteger permits = new AtomicInteger(Integer.MAX_VALUE);
    private final Queue<String> begun = new ConcurrentLinkedQueue<>();
    private final Queue<String> ended = new ConcurrentLinkedQueue<>();
    private final Queue<String> interrupted = new ConcurrentLinkedQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final MessageQueue<String> queue;

    RevokeTest() {
        broker.receivers(Watched::new);
        queue = client.queue(STEPS);
    }

    @AfterEach
    void close() {
        end.countDown();
        client.close();
        broker.close();
    }

    /** Hands over as many deliveries as the test permits, and remembers them. */
    private final class Watched extends ForwardingReceiver {
        Watched(Receiver receiver) {
            super(receiver);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            int most = Math.min(max, permits.get());
            int count = most <= 0
                    ? 0
                    : super.poll(most, maxBytes, delivery -> {
                        deliveries.put(new String(delivery.message().bodyArray(), StandardCharsets.UTF_8), delivery);
                        into.accept(delivery);
                    });
            permits.addAndGet(-count);
            return count;
        }
    }

    /** What ends in 1 runs until the test lets it end. */
    private void handle(String payload) {
        begun.add(payload);
        while (payload.endsWith("1") && end.getCount() > 0) {
            if (Thread.interrupted()) {
                interrupted.add(payload);
            }
            LockSupport.parkNanos(50_000);
        }
        ended.add(payload);
    }

    private CompletionStage<Void> revoke(String payload) {
        Delivery delivery = deliveries.get(payload);
        return broker.revoke(delivery.shard(), delivery.epoch(), until());
    }

    private long until() {
        return Duration.between(Instant.EPOCH, time.now()).plus(PATIENCE).toNanos();
    }

    private double inFlight() {
        return meters.get("q.inflight").gauge().value();
    }

    private void start(int concurrency, String... payloads) {
        List.of(payloads).forEach(queue::send);
        queue.consumer().concurrency(concurrency).timeout(Duration.ofHours(1)).start(this::handle);
        eventually(() -> assertThat(begun).hasSize(concurrency));
        eventually(() -> assertThat(deliveries).hasSize(payloads.length));
        permits.set(0);
    }

    @Test
    void RCV_4_revoking_lets_a_handler_finish_and_starts_nothing_more_of_the_shard() {
        start(1, "a1", "a2", "b1");
        CompletionStage<Void> drained = revoke("a1");
        time.advance(PATIENCE.minusSeconds(1));
        assertThat(drained.toCompletableFuture()).isNotDone();
        assertThat(broker.receiving.released).as("a2 alone").hasValue(1);
        end.countDown();
        eventually(() -> assertThat(ended).containsExactly("a1", "b1"));
        time.passUntil(() -> assertThat(drained.toCompletableFuture()).isCompleted());
        assertThat(broker.receiving.acknowledged.get()).isEqualTo(2);
        assertThat(broker.receiving.stale).hasValue(0);
        assertThat(interrupted).isEmpty();
    }

    @Test
    void RCV_4_several_shards_are_handed_over_at_once() {
        start(2, "a1", "a2", "b1", "b2", "c1");
        CompletionStage<Void> a = revoke("a1");
        CompletionStage<Void> b = revoke("b1");
        time.advance(Duration.ofSeconds(1));
        assertThat(broker.receiving.released).hasValue(2);
        end.countDown();
        eventually(() -> assertThat(ended).containsExactlyInAnyOrder("a1", "b1", "c1"));
        time.passUntil(() -> {
            assertThat(a.toCompletableFuture()).isCompleted();
            assertThat(b.toCompletableFuture()).isCompleted();
        });
    }

    @Test
    void RCV_4_what_is_polled_after_revoking_began_is_not_started() {
        queue.send("a1");
        queue.consumer().concurrency(2).timeout(Duration.ofHours(1)).start(this::handle);
        eventually(() -> assertThat(begun).hasSize(1));
        permits.set(2);
        CompletionStage<Void> drained = revoke("a1");
        queue.send("b2");
        eventually(() -> assertThat(ended).containsExactly("b2"));
        queue.send("a2");
        time.passUntil(() -> assertThat(broker.receiving.released).hasValue(1));
        end.countDown();
        eventually(() -> assertThat(ended).containsExactly("b2", "a1"));
        time.passUntil(() -> assertThat(drained.toCompletableFuture()).isCompleted());
        assertThat(begun).doesNotContain("a2");
    }

    @Test
    void RCV_4_a_handler_that_fails_while_its_shard_is_handed_over_is_not_run_again_here() {
        queue.send("a1");
        queue.consume(payload -> {
            begun.add(payload);
            end.await();
            throw new IllegalStateException("fails");
        });
        eventually(() -> assertThat(begun).hasSize(1));
        permits.set(0);
        CompletionStage<Void> drained = revoke("a1");
        end.countDown();
        time.passUntil(() -> assertThat(drained.toCompletableFuture()).isCompleted());
        assertThat(broker.receiving.released).hasValue(1);
        assertThat(begun).hasSize(1);
        eventually(() -> assertThat(inFlight()).isZero());
    }

    @Test
    void RCV_4_a_handler_that_does_not_end_holds_the_handover_no_longer_than_the_deadline() {
        start(1, "a1");
        CompletionStage<Void> drained = revoke("a1");
        time.advance(PATIENCE.plusMillis(100));
        assertThat(drained.toCompletableFuture()).isCompleted();
        assertThat(interrupted).isEmpty();
        Delivery delivery = deliveries.get("a1");
        try (TestLog log = TestLog.open()) {
            broker.lose(delivery.shard(), delivery.epoch());
            assertThat(log.aboveInfo()).hasSize(1);
        }
        eventually(() -> assertThat(interrupted).containsExactly("a1"));
        end.countDown();
        eventually(() -> assertThat(inFlight()).isZero());
        assertThat(broker.receiving.acknowledged).hasValue(0);
    }

    @Test
    void RCV_4_losing_several_shards_interrupts_their_handlers_and_no_other() {
        start(3, "a1", "a2", "b1", "c1");
        try (TestLog log = TestLog.open()) {
            for (String lost : List.of("a1", "b1")) {
                broker.lose(deliveries.get(lost).shard(), deliveries.get(lost).epoch());
            }
            assertThat(log.aboveInfo()).hasSize(2);
        }
        eventually(() -> assertThat(interrupted).containsExactlyInAnyOrder("a1", "b1"));
        end.countDown();
        eventually(() -> assertThat(inFlight()).isZero());
        assertThat(broker.receiving.acknowledged).as("c1 alone").hasValue(1);
        assertThat(begun).doesNotContain("a2");
    }

    @Test
    void RCV_4_deliveries_of_a_later_epoch_are_not_touched() {
        start(1, "a1");
        Delivery delivery = deliveries.get("a1");
        broker.lose(delivery.shard(), delivery.epoch() - 1);
        CompletionStage<Void> drained = broker.revoke(delivery.shard(), delivery.epoch() - 1, until());
        assertThat(drained.toCompletableFuture()).isCompleted();
        end.countDown();
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(interrupted).isEmpty();
    }

    @Test
    void RCV_4_after_the_handover_a_shard_that_comes_back_is_handled() {
        start(1, "a1");
        revoke("a1");
        end.countDown();
        eventually(() -> assertThat(ended).containsExactly("a1"));
        time.advance(PATIENCE.plusSeconds(1));
        permits.set(Integer.MAX_VALUE);
        queue.send("a2");
        eventually(() -> assertThat(ended).containsExactly("a1", "a2"));
    }
}

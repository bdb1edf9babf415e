package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.Feature;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.StartAt;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message that may kill its process runs alone (rule DLQ-3). Time is turned by hand. */
class SuspectTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(meters));
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final Queue<String> ended = new ConcurrentLinkedQueue<>();
    private final Queue<Set<String>> besideDeadly = new ConcurrentLinkedQueue<>();
    private final CountDownLatch deadlyEnds = new CountDownLatch(1);
    private final CountDownLatch healthyEnd = new CountDownLatch(1);

    @AfterEach
    void close() {
        deadlyEnds.countDown();
        healthyEnd.countDown();
        client.close();
        broker.close();
    }

    /** Sends a message that was there in some crashes, and messages that were not. */
    private void send(MessageQueue<String> queue, String deadly, int crashes, String... healthy) {
        queue.send(deadly);
        crash(queue, crashes);
        List.of(healthy).forEach(queue::send);
    }

    private void crash(MessageQueue<String> queue, int times) {
        boolean ordered = queue != orders;
        Spec spec = Spec.of(Endpoint.queue(ordered ? "steps" : "orders"));
        Receiver receiver = broker.receiver(spec, new ReceiverOptions("dies", StartAt.now()), new Unheard());
        receiver.window(1, 1_000);
        for (int i = 0; i < times; i++) {
            assertThat(receiver.poll(1, 1_000, delivery -> {})).isEqualTo(1);
            time.advance(Spec.DEFAULT_LEASE.plusSeconds(1));
        }
        receiver.close(Duration.ofSeconds(1));
        broker.receiving.released.set(0);
    }

    private final MessageQueue<String> orders = client.queue("orders", String.class);

    private static final class Unheard implements ReceiverListener {
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

    /** Runs until the test lets it end, whatever interrupts it. */
    private void handle(String payload) {
        running.add(payload);
        boolean deadly = payload.contains("deadly");
        CountDownLatch end = deadly ? deadlyEnds : healthyEnd;
        do {
            if (deadly) {
                besideDeadly.add(Set.copyOf(running));
            }
            Thread.interrupted();
            LockSupport.parkNanos(50_000);
        } while (end.getCount() > 0);
        running.remove(payload);
        ended.add(payload);
    }

    private MessageConsumer start(MessageQueue<String> queue) {
        return queue.consumer().concurrency(4).timeout(TIMEOUT).start(this::handle);
    }

    private double inFlight() {
        return meters.get("q.inflight").gauge().value();
    }

    private void assertAlone() {
        assertThat(besideDeadly)
                .isNotEmpty()
                .allSatisfy(beside -> assertThat(beside).hasSize(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 6})
    void DLQ_3_a_suspect_runs_alone_and_nothing_else_is_held_meanwhile(int crashes) {
        healthyEnd.countDown();
        send(orders, "deadly", crashes, "m0", "m1", "m2", "m3", "m4");
        start(orders);
        time.passUntil(() -> assertThat(running).containsExactly("deadly"));
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(1));
            assertThat(inFlight()).isEqualTo(1);
        }
        deadlyEnds.countDown();
        time.passUntil(() -> assertThat(ended).hasSize(6));
        assertThat(ended).containsExactlyInAnyOrder("deadly", "m0", "m1", "m2", "m3", "m4");
        assertAlone();
        eventually(() -> assertThat(inFlight()).isZero());
    }

    @Test
    void DLQ_3_a_suspect_waits_until_the_others_have_ended() {
        deadlyEnds.countDown();
        MessageConsumer consumer = start(orders);
        List.of("m0", "m1").forEach(orders::send);
        eventually(() -> assertThat(running).hasSize(2));
        consumer.pause();
        send(orders, "deadly", 3);
        consumer.resume();
        time.advance(Duration.ofSeconds(1));
        assertThat(besideDeadly).isEmpty();
        healthyEnd.countDown();
        time.passUntil(() -> assertThat(ended).hasSize(3));
        assertAlone();
    }

    @Test
    void DLQ_3_below_half_of_the_limit_it_runs_beside_others() {
        send(orders, "deadly", 2, "m0", "m1", "m2");
        start(orders);
        eventually(() -> assertThat(running).hasSize(4));
    }

    @Test
    void DLQ_3_a_suspect_that_does_not_end_holds_up_the_others_no_longer_than_its_time_out() {
        healthyEnd.countDown();
        send(orders, "deadly", 3, "m0", "m1");
        start(orders);
        time.passUntil(() -> assertThat(running).containsExactly("deadly"));
        time.advance(TIMEOUT.minusSeconds(2));
        assertThat(ended).isEmpty();
        try (TestLog log = TestLog.open()) {
            time.advance(Duration.ofSeconds(4));
            time.passUntil(() -> assertThat(ended).containsExactlyInAnyOrder("m0", "m1"));
            assertThat(log.aboveInfo()).singleElement().asString().contains("others go on");
        }
    }

    @Test
    void DLQ_3_a_suspect_waits_for_a_handler_that_hangs_and_the_others_do_not() {
        deadlyEnds.countDown();
        MessageConsumer consumer = queueOfHanging();
        send(orders, "deadly", 3, "n0", "n1");
        consumer.resume();
        try (TestLog log = TestLog.open()) {
            time.passUntil(() -> assertThat(ended).contains("n0", "n1"));
            assertThat(log.aboveInfo()).isNotEmpty();
            assertThat(ended).doesNotContain("deadly");
            healthyEnd.countDown();
            time.passUntil(() -> assertThat(ended).contains("m0", "deadly"));
        }
        assertAlone();
    }

    private MessageConsumer queueOfHanging() {
        MessageConsumer consumer = orders.consumer()
                .concurrency(2)
                .timeout(TIMEOUT)
                .start((String payload) -> {
                    if (payload.startsWith("n")) {
                        ended.add(payload);
                    } else {
                        handle(payload);
                    }
                });
        orders.send("m0");
        eventually(() -> assertThat(running).containsExactly("m0"));
        consumer.pause();
        return consumer;
    }

    @Test
    void DLQ_3_where_a_release_counts_as_a_crash_the_others_wait_here() {
        broker.without(Feature.CRASH_COUNT);
        healthyEnd.countDown();
        send(orders, "deadly", 10, "m0", "m1", "m2");
        start(orders);
        time.passUntil(() -> assertThat(running).containsExactly("deadly"));
        deadlyEnds.countDown();
        time.passUntil(() -> assertThat(ended).hasSize(4));
        assertAlone();
        assertThat(broker.receiving.released).hasValue(0);
    }

    @Test
    void DLQ_3_a_consumer_stops_while_a_suspect_waits_and_all_is_given_back() {
        MessageConsumer consumer = start(orders);
        orders.send("m0");
        eventually(() -> assertThat(running).hasSize(1));
        consumer.pause();
        send(orders, "deadly", 3);
        consumer.resume();
        time.passUntil(() -> assertThat(inFlight()).isEqualTo(2));
        healthyEnd.countDown();
        deadlyEnds.countDown();
        assertThat(consumer.stop(Duration.ofSeconds(10))).isTrue();
        Queue<String> elsewhere = new ConcurrentLinkedQueue<>();
        orders.consume(elsewhere::add);
        time.passUntil(() -> assertThat(ended.size() + elsewhere.size()).isEqualTo(2));
    }

    @Test
    void ORD_1_the_key_of_a_suspect_keeps_its_order() {
        MessageQueue<String> steps =
                client.queue(QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1)));
        healthyEnd.countDown();
        send(steps, "a deadly", 3, "a1", "b1", "a2", "b2");
        start(steps);
        time.passUntil(() -> assertThat(running).containsExactly("a deadly"));
        assertThat(inFlight()).isEqualTo(1);
        deadlyEnds.countDown();
        time.passUntil(() -> assertThat(ended).hasSize(5));
        assertAlone();
        assertThat(ended.stream().filter(text -> text.startsWith("a"))).containsExactly("a deadly", "a1", "a2");
        assertThat(ended.stream().filter(text -> text.startsWith("b"))).containsExactly("b1", "b2");
    }
}

package io.anyqueue.core;

import static io.anyqueue.core.Eventually.awaitLatch;
import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Keeping and losing leases (rules RCV-3, RCV-4, RCV-6). The lease is 90 s of a clock that is turned by hand; {@code other}
 * is a second client that gets whatever the first one loses.
 */
class LeaseTest {
    private static final Duration BEYOND_THE_LEASE = Duration.ofSeconds(100);
    private static final QueueSpec<String> STEPS =
            QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1));

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client =
            QueueClient.connect(options().use(meters).set("anyqueue.consumer.short.lease-max", "2m"));
    private final QueueClient other = QueueClient.connect(options());
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();
    private final Queue<String> byOther = new ConcurrentLinkedQueue<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    private ClientOptions options() {
        return ClientOptions.of("inmemory:").use(broker).use(time).use(time.clock());
    }

    @AfterEach
    void close() {
        end.countDown();
        client.close();
        other.close();
        broker.close();
    }

    /** Waits for the end of the test's choice, and tells of an interrupt. */
    private void handleSlowly(String payload) throws InterruptedException {
        running.countDown();
        try {
            end.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
        handled.add(payload);
    }

    /** As {@link #handleSlowly}, but does not listen to interrupts. */
    private void handleStubbornly(String payload) {
        running.countDown();
        while (end.getCount() > 0) {
            if (Thread.interrupted()) {
                interrupted.countDown();
            }
            Thread.onSpinWait();
        }
        handled.add(payload);
    }

    private void startOther(QueueSpec<String> spec) {
        other.queue(spec).consume((payload, context) -> byOther.add(payload + "/" + context.deliveries()));
    }

    private double inFlight() {
        return meters.get("q.inflight").gauge().value();
    }

    private double lost() {
        return meters.get("q.trouble")
                .tag("kind", "lost-lease")
                .functionCounter()
                .count();
    }

    @Test
    void RCV_3_a_handler_that_takes_long_keeps_its_lease() throws Exception {
        QueueSpec<String> spec = QueueSpec.of("orders", String.class);
        MessageQueue<String> queue = client.queue(spec);
        queue.consumer().timeout(Duration.ofHours(1)).start(this::handleSlowly);
        queue.send("x");
        awaitLatch(running);
        time.advance(Duration.ofMinutes(20));
        startOther(spec);
        // A message that was taken back would be in front of this one.
        queue.send("y");
        eventually(() -> assertThat(byOther).containsExactly("y/1"));
        end.countDown();
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(2));
        assertThat(handled).containsExactly("x");
        assertThat(broker.receiving.stale).hasValue(0);
        assertThat(interrupted.getCount()).isEqualTo(1);
    }

    @Test
    void RCV_3_where_the_broker_s_longest_lease_is_shorter_that_one_is_asked_for_and_kept() throws Exception {
        broker.maxLease(Duration.ofSeconds(30));
        QueueSpec<String> spec = QueueSpec.of("thirty", String.class);
        MessageQueue<String> queue = client.queue(spec);
        queue.consumer().timeout(Duration.ofHours(1)).start(this::handleSlowly);
        assertThat(broker.leaseAsked).isEqualTo(Duration.ofSeconds(30));
        queue.send("x");
        awaitLatch(running);
        time.advance(Duration.ofMinutes(5));
        end.countDown();
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(handled).containsExactly("x");
        assertThat(broker.receiving.stale).hasValue(0);
    }

    @Test
    void RCV_6_a_message_that_waits_for_its_retry_keeps_its_lease() {
        QueueSpec<String> spec = QueueSpec.of("orders", String.class);
        MessageQueue<String> queue = client.queue(spec);
        queue.consumer().retry(RetryPolicy.blocking(Duration.ofMinutes(10))).start((payload, context) -> {
            handled.add(context.attempt() + "/" + context.deliveries());
            if (context.attempt() == 1) {
                throw new IOException("once");
            }
        });
        queue.send("x");
        eventually(() -> assertThat(handled).containsExactly("1/1"));
        startOther(spec);
        time.advance(Duration.ofMinutes(9));
        assertThat(handled).containsExactly("1/1");
        time.advance(Duration.ofMinutes(3));
        time.passUntil(() -> assertThat(handled).containsExactly("1/1", "2/1"));
        assertThat(byOther).isEmpty();
    }

    @Test
    void RCV_6_what_waits_behind_a_running_handler_keeps_its_lease() throws Exception {
        MessageQueue<String> queue = client.queue(STEPS);
        List.of("a1", "a2", "a3").forEach(queue::send);
        queue.consumer().timeout(Duration.ofHours(1)).start(this::handleSlowly);
        awaitLatch(running);
        startOther(STEPS);
        time.advance(Duration.ofMinutes(20));
        end.countDown();
        eventually(() -> assertThat(handled).containsExactly("a1", "a2", "a3"));
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(3));
        assertThat(byOther).isEmpty();
        assertThat(broker.receiving.stale).hasValue(0);
    }

    @Test
    void RCV_4_a_lost_lease_interrupts_the_handler_and_its_result_does_not_count() throws Exception {
        QueueSpec<String> spec = QueueSpec.of("orders", String.class);
        MessageQueue<String> queue = client.queue(spec);
        queue.consumer().timeout(Duration.ofHours(1)).start(this::handleStubbornly);
        queue.send("x");
        awaitLatch(running);
        startOther(spec);
        time.jump(BEYOND_THE_LEASE);
        time.passUntil(() -> assertThat(byOther).containsExactly("x/2"));
        time.passUntil(() -> assertThat(interrupted.getCount()).isZero());
        assertThat(lost()).isEqualTo(1);
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        end.countDown();
        eventually(() -> assertThat(handled).containsExactly("x"));
        eventually(() -> assertThat(inFlight()).isZero());
        assertThat(broker.receiving.acknowledged)
                .as("acknowledged by the other alone")
                .hasValue(1);
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @Test
    void RCV_4_a_consumer_goes_on_after_a_lost_lease() throws Exception {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer().timeout(Duration.ofHours(1)).start((payload, context) -> {
            if (context.deliveries() == 1 && payload.equals("x")) {
                handleSlowly(payload);
            }
            handled.add(payload + "/" + context.attempt() + "/" + context.deliveries());
        });
        queue.send("x");
        awaitLatch(running);
        time.jump(BEYOND_THE_LEASE);
        time.passUntil(() -> assertThat(handled).containsExactly("x/1/2"));
        queue.send("y");
        eventually(() -> assertThat(handled).containsExactly("x/1/2", "y/1/1"));
        eventually(() -> assertThat(inFlight()).isZero());
    }

    @Test
    void RCV_3_a_lease_is_kept_no_longer_than_configured() throws Exception {
        QueueSpec<String> spec = QueueSpec.of("short", String.class);
        MessageQueue<String> queue = client.queue(spec);
        queue.consumer().timeout(Duration.ofMinutes(1)).start(this::handleStubbornly);
        queue.send("x");
        awaitLatch(running);
        startOther(spec);
        time.advance(Duration.ofSeconds(119));
        assertThat(byOther).isEmpty();
        time.advance(BEYOND_THE_LEASE);
        time.passUntil(() -> assertThat(byOther).containsExactly("x/2"));
        end.countDown();
        eventually(() -> assertThat(handled).containsExactly("x"));
        eventually(() -> assertThat(inFlight()).isZero());
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        assertThat(lost()).isEqualTo(1);
    }

    @Test
    void ORD_1_with_a_lost_key_goes_what_waited_behind_it() throws Exception {
        MessageQueue<String> queue = client.queue(STEPS);
        List.of("a1", "a2", "a3").forEach(queue::send);
        queue.consumer().timeout(Duration.ofHours(1)).start(this::handleStubbornly);
        awaitLatch(running);
        startOther(STEPS);
        time.jump(BEYOND_THE_LEASE);
        time.passUntil(() -> assertThat(byOther).hasSize(3));
        assertThat(byOther).containsExactly("a1/2", "a2/2", "a3/2");
        time.passUntil(() -> assertThat(interrupted.getCount()).isZero());
        end.countDown();
        eventually(() -> assertThat(inFlight()).isZero());
        queue.send("b1");
        eventually(() -> assertThat(handled.size() + byOther.size()).isEqualTo(5));
        assertThat(handled).as("the run that was lost").contains("a1").doesNotContain("a2", "a3");
    }
}

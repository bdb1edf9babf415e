package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A consumer that has work and gets nowhere says since when and why (rules LIF-4, ORD-2). Time is turned by hand. */
class StallTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final CountingExecutor executor = new CountingExecutor();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(executor)
            .use(meters));
    private final Queue<String> begun = new ConcurrentLinkedQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final MessageQueue<String> orders = client.queue("orders", String.class);

    @AfterEach
    void close() {
        end.countDown();
        client.close();
        broker.close();
    }

    private void assertStalled(MessageConsumer consumer, Health.Status status, String... why) {
        Health health = consumer.health();
        assertThat(health.status()).isEqualTo(status);
        assertThat(health.notes()).singleElement().asString().contains(why).contains("(since 20");
        assertThat(client.health().status()).isEqualTo(status);
    }

    private double age() {
        return meters.get("q.progress.age").gauge().value();
    }

    @Test
    void LIF_4_a_handler_that_ignores_the_interrupt_of_its_time_out_is_named() {
        MessageConsumer consumer = orders.consumer().timeout(MINUTE).start(payload -> {
            begun.add(payload);
            while (end.getCount() > 0) {
                LockSupport.parkNanos(50_000);
            }
        });
        String id = orders.send("x");
        eventually(() -> assertThat(begun).hasSize(1));
        time.advance(MINUTE);
        assertThat(consumer.health()).as("it still has time").isEqualTo(Health.UP);
        time.advance(Duration.ofSeconds(2));
        assertStalled(consumer, Health.Status.DEGRADED, id, "PT1M", "interrupt");
        assertThat(age()).isBetween(61.0, 63.0);
        end.countDown();
        eventually(() -> assertThat(consumer.health()).isEqualTo(Health.UP));
    }

    @Test
    void ORD_2_stuck_keys_that_fill_the_budget_are_counted_and_one_is_named() {
        MessageQueue<String> steps =
                client.queue(QueueSpec.of("steps", String.class).orderedBy(text -> text));
        List<Outgoing<String>> all = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            all.add(Outgoing.of("k" + i));
        }
        steps.sendAll(all);
        MessageConsumer consumer = steps.consumer()
                .retry(RetryPolicy.blocking(Duration.ofHours(1)))
                .start(payload -> {
                    begun.add(payload);
                    throw new IOException("down");
                });
        eventually(() -> assertThat(begun).hasSize(1_000));
        executor.awaitIdle();
        time.advance(Duration.ofSeconds(2));
        assertThat(meters.get("q.inflight").gauge().value()).isEqualTo(1_000);
        assertStalled(consumer, Health.Status.DEGRADED, "1000 stuck keys", "1000 messages", "message ");
    }

    @Test
    void LIF_4_waiting_for_one_message_is_said_after_a_while() {
        MessageConsumer consumer = orders.consumer()
                .retry(RetryPolicy.blocking(Duration.ofHours(1)))
                .start(payload -> {
                    begun.add(payload);
                    throw new IOException("down");
                });
        String id = orders.send("x");
        eventually(() -> assertThat(begun).hasSize(1));
        executor.awaitIdle();
        time.advance(Duration.ofSeconds(9));
        assertThat(consumer.health()).isEqualTo(Health.UP);
        time.advance(Duration.ofSeconds(2));
        assertStalled(consumer, Health.Status.DEGRADED, "next run", id);
        assertThat(age()).isBetween(10.0, 12.0);
    }

    @Test
    void LIF_4_settlements_without_an_answer_are_said() {
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
                // Lost on its way.
            }
        });
        MessageConsumer consumer = orders.consume(payload -> {
            begun.add(payload);
        });
        String id = orders.send("x");
        eventually(() -> assertThat(begun).hasSize(1));
        executor.awaitIdle();
        time.advance(Duration.ofSeconds(11));
        assertStalled(consumer, Health.Status.DEGRADED, "settle", id);
    }

    @Test
    void LIF_4_a_pause_is_said_with_its_time() {
        MessageConsumer consumer = orders.consume(payload -> {
            begun.add(payload);
        });
        consumer.pause();
        time.advance(MINUTE);
        assertStalled(consumer, Health.Status.DEGRADED, "paused");
        assertThat(age()).isEqualTo(60);
        consumer.resume();
        assertThat(consumer.health()).isEqualTo(Health.UP);
        assertThat(age()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = ReceiverListener.State.class,
            names = {"RECONNECTING", "BLOCKED", "FENCED"})
    void LIF_4_a_receiver_that_gets_nothing_is_said_and_a_fenced_one_is_down(ReceiverListener.State state) {
        MessageConsumer consumer = orders.consume(payload -> {
            begun.add(payload);
        });
        try (TestLog log = TestLog.open()) {
            broker.state(state, new QueueException(ErrorCode.UNAVAILABLE, "of the test"));
            assertThat(log.aboveInfo()).hasSize(1);
        }
        Health.Status status = state == ReceiverListener.State.FENCED ? Health.Status.DOWN : Health.Status.DEGRADED;
        assertStalled(consumer, status, state.name(), "of the test");
        broker.state(ReceiverListener.State.WORKING, null);
        assertThat(consumer.health()).isEqualTo(Health.UP);
    }

    @Test
    void LIF_4_an_executor_that_refuses_is_said() {
        MessageConsumer consumer = orders.consume(payload -> {
            begun.add(payload);
        });
        executor.awaitIdle();
        try (TestLog log = TestLog.open()) {
            executor.refuse(1);
            orders.send("x");
            assertStalled(consumer, Health.Status.DEGRADED, "executor");
            assertThat(log.aboveInfo()).isNotEmpty();
        }
        time.passUntil(() -> assertThat(begun).hasSize(1));
        eventually(() -> assertThat(consumer.health()).isEqualTo(Health.UP));
    }

    @Test
    void LIF_4_a_consumer_that_finishes_messages_is_not_stalled_though_one_waits() {
        MessageConsumer consumer = orders.consumer()
                .retry(RetryPolicy.blocking(Duration.ofHours(1)))
                .start(payload -> {
                    begun.add(payload);
                    if (payload.equals("bad")) {
                        throw new IOException("down");
                    }
                });
        orders.send("bad");
        for (int i = 0; i < 10; i++) {
            time.advance(Duration.ofSeconds(5));
            orders.send("good");
            int expected = i + 2;
            eventually(() -> assertThat(begun).hasSize(expected));
            executor.awaitIdle();
            time.advance(Duration.ofMillis(100));
            assertThat(consumer.health()).isEqualTo(Health.UP);
        }
    }
}

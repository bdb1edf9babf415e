package io.anyqueue.core;

import static io.anyqueue.core.Eventually.awaitLatch;
import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.HandlingException;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.spi.Delivery;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stopping, closing and time-outs once interrupted, gave back or waited for, and must not (rules LIF-1, LIF-2, RTY-2). */
class StopAndCloseTest {
    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client =
            QueueClient.connect(ClientOptions.of("inmemory:").use(broker).use(meters));
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();
    private final AtomicReference<MessageConsumer> self = new AtomicReference<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void close() {
        end.countDown();
        client.close();
        broker.close();
    }

    private void handleSlowly(String payload) {
        running.countDown();
        try {
            end.await();
            handled.add(payload);
        } catch (InterruptedException e) {
            handled.add(payload + " interrupted");
        }
    }

    private static Thread inBackground(Runnable task) {
        Thread thread = new Thread(task, "test-background");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void LIF_1_a_handler_that_stops_its_consumer_keeps_its_message() {
        self.set(queue.consumer().startPaused().start(payload -> {
            self.get().stop(Duration.ofHours(1));
            handled.add(payload);
        }));
        queue.send("x");
        self.get().resume();
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
        queue.consume((payload, context) -> handled.add(payload + "/" + context.deliveries()));
        // A message that was given back would be in front of this one.
        queue.send("y");
        eventually(() -> assertThat(handled).containsExactly("x", "y/1"));
        assertThat(broker.receiving.stale).hasValue(0);
    }

    @Test
    void LIF_2_two_handlers_that_stop_their_consumer_do_not_wait_for_each_other() {
        CountDownLatch both = new CountDownLatch(2);
        self.set(queue.consumer().concurrency(2).startPaused().start(payload -> {
            both.countDown();
            both.await();
            self.get().stop(Duration.ofHours(1));
            handled.add(payload);
        }));
        queue.send("x");
        queue.send("y");
        self.get().resume();
        eventually(() -> assertThat(handled).containsExactlyInAnyOrder("x", "y"));
    }

    @Test
    void LIF_1_stop_waits_for_a_dead_letter_that_is_being_stored() throws Exception {
        broker.receiving.forwarding = ReceiverFaults.Forwarding.NOT_OFFERED;
        queue.send("bad");
        broker.holdResults();
        MessageConsumer consumer = queue.consume(payload -> {
            throw HandlingException.permanent("bad");
        });
        eventually(() ->
                assertThat(broker.handedOver()).as("it and its dead letter").hasSize(2));
        FutureTask<Boolean> stop = new FutureTask<>(() -> consumer.stop(Duration.ofHours(1)));
        inBackground(stop);
        eventually(() -> assertThat(consumer.health().status()).isEqualTo(Health.Status.DOWN));
        assertThat(stop).isNotDone();
        broker.letGo();
        assertThat(stop.get(10, TimeUnit.SECONDS)).isTrue();
        queue.consume((payload, context) -> handled.add(payload + "/" + context.deliveries()));
        queue.send("y");
        eventually(() -> assertThat(handled).containsExactly("y/1"));
        assertThat(broker.receiving.stale).hasValue(0);
        assertThat(queue.deadLetters().list()).hasSize(1);
    }

    @Test
    void LIF_1_close_by_an_interrupted_thread_leaves_handlers_their_grace() throws Exception {
        queue.consume(this::handleSlowly);
        queue.send("x");
        awaitLatch(running);
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread closing = inBackground(() -> {
            Thread.currentThread().interrupt();
            client.close();
            flag.set(Thread.currentThread().isInterrupted());
        });
        eventually(() -> assertThat(client.health().status()).isEqualTo(Health.Status.DOWN));
        eventually(() -> assertThat(closing.getState())
                .isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.TERMINATED));
        assertThat(handled).isEmpty();
        end.countDown();
        eventually(() -> assertThat(flag).hasValue(true));
        assertThat(handled).containsExactly("x");
    }

    @Test
    void RTY_2_the_time_out_of_a_message_that_is_being_moved_does_not_hit_the_next_handler() throws Exception {
        AtomicReference<Runnable> move = new AtomicReference<>();
        FaultyBroker moving = FaultyBroker.create(time).receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public boolean forward(Delivery delivery, List<Forward> out, Results results) {
                move.set(() -> super.forward(delivery, out, results));
                return true;
            }
        });
        try (QueueClient own = QueueClient.connect(
                ClientOptions.of("inmemory:").use(moving).use(time).use(time.clock()))) {
            MessageQueue<String> orders = own.queue("orders", String.class);
            orders.consumer().timeout(Duration.ofSeconds(10)).start(payload -> {
                if (payload.equals("bad")) {
                    throw HandlingException.permanent("bad");
                }
                handleSlowly(payload);
            });
            orders.send("bad");
            eventually(() -> assertThat(move.get()).isNotNull());
            time.advance(Duration.ofSeconds(6));
            orders.send("fine");
            awaitLatch(running);
            // Beyond the time of the first, within that of the second.
            time.advance(Duration.ofSeconds(6));
            end.countDown();
            eventually(() -> assertThat(handled).containsExactly("fine"));
            move.get().run();
            assertThat(orders.deadLetters().list()).hasSize(1);
        }
        moving.close();
    }

    @Test
    void LIF_4_the_gauge_shows_the_consumer_that_runs_and_not_the_one_before_it() throws Exception {
        queue.consume(handled::add).stop(Duration.ofSeconds(10));
        queue.consume(this::handleSlowly);
        queue.send("x");
        awaitLatch(running);
        assertThat(meters.get("q.inflight").gauge().value()).isEqualTo(1);
    }
}

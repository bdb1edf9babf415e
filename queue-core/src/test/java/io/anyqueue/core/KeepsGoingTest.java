package io.anyqueue.core;

import static io.anyqueue.core.Eventually.awaitLatch;
import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.HandlingException;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.spi.Delivery;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What once brought a consumer, or a key of it, to a silent halt (rules ORD-1, BKP-2, RCV-6). */
class KeepsGoingTest {
    private final CountingExecutor executor = new CountingExecutor();
    private final FaultyBroker broker = FaultyBroker.create();
    private final QueueClient client =
            QueueClient.connect(ClientOptions.of("inmemory:").use(broker).use(executor));
    /** Another one, so that the executor runs workers and nothing else. */
    private final QueueClient sender =
            QueueClient.connect(ClientOptions.of("inmemory:").use(broker));

    private final QueueSpec<String> ordered =
            QueueSpec.of("ordered", String.class).orderedBy(text -> "one key");
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void close() {
        end.countDown();
        client.close();
        sender.close();
        broker.close();
    }

    private void handle(String payload) {
        if (payload.equals("bad")) {
            throw HandlingException.permanent("bad");
        }
        handled.add(payload);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void BKP_2_a_message_that_arrives_while_a_poll_ends_is_handled(int concurrency) {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer().concurrency(concurrency).start(this::handle);
        executor.awaitIdle();
        broker.receiving.afterEmptyPoll.set(
                () -> sender.queue("orders", String.class).send("during"));
        sender.queue("orders", String.class).send("first");
        eventually(() -> assertThat(handled).containsExactlyInAnyOrder("first", "during"));
    }

    @Test
    void ORD_1_a_key_goes_on_behind_a_dead_letter_whose_result_comes_after_the_workers_went() {
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public boolean forward(Delivery delivery, List<Forward> out, Results results) {
                Thread later = new Thread(() -> {
                    executor.awaitIdle();
                    super.forward(delivery, out, results);
                });
                later.setDaemon(true);
                later.start();
                return true;
            }
        });
        MessageQueue<String> queue = client.queue(ordered);
        sender.queue(ordered).sendAll(List.of(Outgoing.of("bad"), Outgoing.of("good")));
        queue.consume(this::handle);
        eventually(() -> assertThat(handled).containsExactly("good"));
        assertThat(queue.deadLetters().list()).hasSize(1);
    }

    @Test
    void BKP_2_an_executor_that_refuses_once_does_not_stop_the_consumer() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consume(this::handle);
        executor.awaitIdle();
        executor.refuse(1);
        try (TestLog log = TestLog.open()) {
            sender.queue("orders", String.class).send("x");
            sender.queue("orders", String.class).send("y");
            eventually(() -> assertThat(handled).containsExactly("x", "y"));
            assertThat(log.aboveInfo()).isNotEmpty();
        }
        assertThat(executor.refusalsLeft()).isZero();
    }

    @Test
    void BKP_2_as_many_run_as_may_although_a_worker_went_while_another_polled() {
        AtomicBoolean raised = new AtomicBoolean();
        CountDownLatch allRaised = new CountDownLatch(1);
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
                if (raised.getAndSet(false)) {
                    eventually(() -> assertThat(allRaised.getCount()).isZero());
                    eventually(() -> assertThat(executor.ended())
                            .as("all but the worker that runs, and this one")
                            .isEqualTo(executor.begun() - 2));
                }
                return super.poll(max, maxBytes, into);
            }
        });
        MessageQueue<String> queue = client.queue("orders", String.class);
        MessageConsumer consumer = queue.consumer().concurrency(1).start(payload -> {
            handled.add(payload);
            end.await();
        });
        sender.queue("orders", String.class)
                .sendAll(Stream.of("a", "b", "c", "d").map(Outgoing::of).toList());
        eventually(() -> assertThat(handled).hasSize(1));
        raised.set(true);
        consumer.concurrency(3);
        allRaised.countDown();
        eventually(() -> assertThat(handled).as("what runs, and does not end").hasSize(3));
        assertThat(raised).as("not yet polled since").isFalse();
    }

    @Test
    void RCV_6_a_busy_consumer_does_not_hoard_what_an_idle_one_could_handle() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        MessageQueue<String> queue = client.queue("orders", String.class);
        sender.queue("orders", String.class).send("slow");
        sender.queue("orders", String.class).send("next");
        queue.consume(payload -> {
            running.countDown();
            end.await();
        });
        awaitLatch(running);
        queue.consume(this::handle);
        eventually(() -> assertThat(handled).containsExactly("next"));
    }
}

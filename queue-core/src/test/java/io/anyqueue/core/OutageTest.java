package io.anyqueue.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.Feature;
import io.anyqueue.HandlingException;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.RetryPolicy;
import io.anyqueue.spi.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Outages where the broker cannot tell a release from a crash (rules RTY-2, DLQ-2, DLQ-3). All happens on the test's thread,
 * hours in no time.
 */
class OutageTest {
    private static final Duration HOURS = Duration.ofHours(3);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time).without(Feature.CRASH_COUNT);
    private final Executor here = Runnable::run;
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(here));
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final List<String> handled = new ArrayList<>();

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private void sendSome() {
        List.of("m0", "m1", "m2", "m3").forEach(queue::send);
    }

    @Test
    void DLQ_3_while_the_store_is_away_messages_are_not_released_in_a_loop() {
        BrokenStore store = new BrokenStore();
        MessageConsumer consumer = queue.consumer()
                .idempotent(store)
                .start((payload, context) -> handled.add(payload + "/" + context.deliveries()));
        try (TestLog log = TestLog.open()) {
            sendSome();
            time.advance(HOURS);
            assertThat(log.aboveInfo()).isNotEmpty();
        }
        assertThat(broker.receiving.released).hasValue(0);
        assertThat(broker.receiving.handedOut).as("the source is paused").hasValue(1);
        Health health = consumer.health();
        assertThat(health.status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(health.notes()).singleElement().asString().contains("store", "since 2023-11-14T22:13:20Z");
        store.away = false;
        time.advance(Duration.ofSeconds(10));
        assertThat(handled).containsExactly("m0/1", "m1/1", "m2/1", "m3/1");
        assertThat(consumer.health()).isEqualTo(Health.UP);
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @Test
    void DLQ_2_while_dead_letters_cannot_be_stored_nothing_more_is_fetched() {
        broker.receiving.forwarding = ReceiverFaults.Forwarding.UNKNOWN;
        MessageConsumer consumer = queue.consume(payload -> {
            handled.add(payload);
            throw HandlingException.permanent("bad");
        });
        try (TestLog log = TestLog.open()) {
            sendSome();
            time.advance(HOURS);
            assertThat(log.aboveInfo()).isNotEmpty();
        }
        assertThat(handled).containsExactly("m0");
        assertThat(consumer.health().status()).isEqualTo(Health.Status.DEGRADED);
        broker.receiving.forwarding = ReceiverFaults.Forwarding.WORKS;
        time.advance(Duration.ofMinutes(1));
        assertThat(handled).containsExactly("m0", "m1", "m2", "m3");
        assertThat(consumer.health()).isEqualTo(Health.UP);
    }

    /** It is by the messages that wait for its end that the end is seen: without any, others have to try. */
    @Test
    void LIF_3_an_outage_whose_messages_were_lost_does_not_stop_the_consumer() {
        List<Delivery> polled = new ArrayList<>();
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
                return super.poll(max, maxBytes, delivery -> {
                    polled.add(delivery);
                    into.accept(delivery);
                });
            }
        });
        BrokenStore store = new BrokenStore();
        queue.consumer().idempotent(store).start((payload, context) -> handled.add(payload));
        try (TestLog log = TestLog.open()) {
            sendSome();
            store.away = false;
            assertThat(polled).as("the source is paused").hasSize(1);
            broker.lose(polled.get(0));
            time.advance(HOURS);
            assertThat(log.aboveInfo()).isNotEmpty();
        }
        assertThat(handled).containsExactlyInAnyOrder("m0", "m1", "m2", "m3");
    }

    @Test
    void DLQ_3_busy_is_waited_for_here_and_condemns_no_message() {
        queue.consume((payload, context) -> {
            handled.add(payload + "/" + context.deliveries());
            if (handled.size() <= 50) {
                throw HandlingException.busy(Duration.ofSeconds(1));
            }
        });
        queue.send("x");
        time.advance(HOURS);
        assertThat(handled).hasSize(51).containsOnly("x/1");
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @Test
    void BKP_4_the_end_of_an_outage_does_not_resume_what_the_user_paused() {
        BrokenStore store = new BrokenStore();
        MessageConsumer consumer = queue.consumer().idempotent(store).start((String payload) -> {
            handled.add(payload);
        });
        try (TestLog log = TestLog.open()) {
            sendSome();
            consumer.pause();
            store.away = false;
            time.advance(HOURS);
            assertThat(log.aboveInfo()).isNotEmpty();
        }
        assertThat(handled).containsExactly("m0");
        consumer.resume();
        assertThat(handled).containsExactly("m0", "m1", "m2", "m3");
    }

    @Test
    void RTY_2_a_destination_of_the_handler_that_is_away_is_no_attempt() {
        broker.without(Feature.ATOMIC_FORWARD).onlyTo("out").nextSends("U".repeat(500));
        try (QueueClient threaded = QueueClient.connect(
                        ClientOptions.of("inmemory:").use(broker).use(time).use(time.clock()));
                TestLog log = TestLog.open()) {
            MessageQueue<String> out = threaded.queue("out", String.class);
            Queue<String> runs = new ConcurrentLinkedQueue<>();
            threaded.queue("orders", String.class)
                    .consumer()
                    .retry(RetryPolicy.none())
                    .start((payload, context) -> {
                        runs.add(payload + "/" + context.attempt());
                        context.send(out, payload);
                    });
            queue.send("x");
            time.passUntil(() -> assertThat(runs).hasSizeGreaterThan(2));
            assertThat(log.aboveInfo()).as("said once").hasSize(1);
            broker.heal();
            time.passUntil(() -> assertThat(broker.receiving.acknowledged).hasValue(1));
            assertThat(runs).containsOnly("x/1");
        }
        assertThat(queue.deadLetters().list()).isEmpty();
    }
}

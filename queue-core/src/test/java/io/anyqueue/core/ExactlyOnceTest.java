package io.anyqueue.core;

import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.Received;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What follows from a message is stored in one step with its acknowledgement (rule SET-5). */
class ExactlyOnceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final QueueClient client = connect(broker);
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final MessageQueue<String> out = client.queue("invoices", String.class);
    private final Queue<String> received = new ConcurrentLinkedQueue<>();

    private QueueClient connect(FaultyBroker to) {
        return QueueClient.connect(
                ClientOptions.of("inmemory:").use(to).use(time).use(time.clock()));
    }

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    @Test
    void SET_5_what_a_handler_sends_is_forwarded_with_its_acknowledgement_and_nothing_of_a_failed_run() {
        AtomicInteger runs = new AtomicInteger();
        out.consume(received::add);
        queue.consumer().exactlyOnce().retry(RetryPolicy.delays(SECOND)).start((text, context) -> {
            context.send(out, text + runs.incrementAndGet());
            if (runs.get() == 1) {
                throw new IllegalStateException("first run");
            }
        });
        queue.send("x");
        time.passUntil(() -> assertThat(received).containsExactly("x2"));
        assertThat(broker.receiving.forwards).hasValue(1);
    }

    @Test
    void SET_5_a_batch_forwards_for_each_message() {
        out.consume(received::add);
        queue.consumer().exactlyOnce().startBatch(2, SECOND, items -> {
            for (Received<String> item : items) {
                item.context().send(out, item.payload() + "!");
            }
        });
        queue.send("a");
        queue.send("b");
        time.passUntil(() -> assertThat(received).containsExactlyInAnyOrder("a!", "b!"));
        assertThat(broker.receiving.forwards).hasValue(2);
    }

    @Test
    void SET_5_a_dead_letter_is_forwarded_too() {
        queue.consumer().exactlyOnce().retry(RetryPolicy.none()).start((text, context) -> {
            context.send(out, text);
            throw new IllegalStateException("always");
        });
        queue.send("x");
        time.passUntil(() -> assertThat(queue.deadLetters().list()).hasSize(1));
        assertThat(broker.receiving.forwards).hasValue(1);
        out.consume(received::add);
        assertThat(received).isEmpty();
    }

    /** To send first and acknowledge then is what was asked not to happen, whatever the adapter says. */
    @Test
    void SET_5_nothing_is_sent_in_a_step_of_its_own() {
        broker.receiving.forwarding = ReceiverFaults.Forwarding.NOT_OFFERED;
        out.consume(received::add);
        queue.consumer().exactlyOnce().start((text, context) -> context.send(out, text));
        queue.send("x");
        time.passUntil(() -> assertThat(broker.receiving.forwards).hasValueGreaterThan(2));
        assertThat(received).isEmpty();
        broker.receiving.forwarding = ReceiverFaults.Forwarding.WORKS;
        time.passUntil(() -> assertThat(received).containsExactly("x"));
    }

    @Test
    void SET_5_a_send_to_another_client_is_refused_to_the_handler() {
        FaultyBroker other = FaultyBroker.create(time);
        try (QueueClient there = connect(other)) {
            MessageQueue<String> foreign = there.queue("foreign", String.class);
            Queue<RuntimeException> thrown = new ConcurrentLinkedQueue<>();
            queue.consumer().exactlyOnce().retry(RetryPolicy.none()).start((text, context) -> {
                try {
                    context.send(foreign, text);
                } catch (RuntimeException e) {
                    thrown.add(e);
                }
            });
            queue.send("x");
            time.passUntil(() -> assertThat(thrown).hasSize(1));
            assertThat(refused(ErrorCode.UNSUPPORTED, () -> {
                        throw thrown.element();
                    }))
                    .hasMessageContaining("foreign belongs to another client")
                    .hasMessageContaining("bridge");
        } finally {
            other.close();
        }
    }

    @Test
    void SET_5_a_broker_without_transactions_refuses_when_started() {
        broker.without(Feature.TRANSACTIONS);
        assertThat(refused(
                        ErrorCode.UNSUPPORTED,
                        () -> queue.consumer().exactlyOnce().start(received::add)))
                .hasMessageContaining("exactlyOnce() on orders")
                .hasMessageContaining("switched off by the test");
    }

    @Test
    void SET_5_what_would_be_a_step_of_its_own_is_refused_when_started() {
        assertThat(refused(
                        ErrorCode.UNSUPPORTED,
                        () -> queue.consumer()
                                .exactlyOnce()
                                .idempotent(IdempotencyStore.inMemory())
                                .start(received::add)))
                .hasMessageContaining("leave out idempotent");
        MessageQueue<String> ordered =
                client.queue(QueueSpec.of("by-key", String.class).orderedBy(text -> text));
        assertThat(refused(
                        ErrorCode.UNSUPPORTED,
                        () -> ordered.consumer()
                                .exactlyOnce()
                                .whenExhausted(WhenExhausted.PARK_KEY)
                                .start(received::add)))
                .hasMessageContaining("use DEAD_LETTER");
    }
}

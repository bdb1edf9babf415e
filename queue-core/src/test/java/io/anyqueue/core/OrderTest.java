package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.HandlingException;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageContext;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageSource;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.TopicSpec;
import io.anyqueue.WhenExhausted;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages of one key, in order and one at a time (rules ORD-1, ORD-2, ORD-3, ORD-5). */
class OrderTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** The key is the first letter. */
    private static final QueueSpec<String> STEPS =
            QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1));

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final QueueClient client = connect();
    private final MessageQueue<String> queue = client.queue(STEPS);
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    private QueueClient connect() {
        return QueueClient.connect(
                ClientOptions.of("inmemory:").use(broker).use(time).use(time.clock()));
    }

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private void send(String... payloads) {
        List.of(payloads).forEach(queue::send);
    }

    @Test
    void ORD_2_a_handler_that_hangs_holds_back_no_other_key() {
        CountDownLatch end = new CountDownLatch(1);
        queue.consumer().concurrency(2).start(payload -> {
            if (payload.equals("a1")) {
                end.await();
            }
            handled.add(payload);
        });
        send("a1", "a2", "b1", "c1", "b2", "d1");
        eventually(() -> assertThat(handled).hasSize(4));
        assertThat(handled).contains("c1", "d1").containsSubsequence("b1", "b2");
        end.countDown();
        eventually(() -> assertThat(handled).endsWith("a1", "a2"));
    }

    @Test
    void ORD_2_a_key_that_waits_for_a_retry_holds_back_no_other_key_even_of_the_only_handler() {
        queue.consumer().retry(RetryPolicy.blocking(Duration.ofSeconds(20))).start((payload, context) -> {
            if (payload.equals("a1") && context.attempt() == 1) {
                throw new IOException("once");
            }
            handled.add(payload);
        });
        send("a1", "a2", "b1", "a3", "b2");
        eventually(() -> assertThat(handled).containsExactly("b1", "b2"));
        time.passUntil(() -> assertThat(handled).containsExactly("b1", "b2", "a1", "a2", "a3"));
    }

    @Test
    void ORD_1_busy_holds_the_key_too() {
        queue.consume((payload, context) -> {
            if (payload.equals("a1") && handled.size() < 3) {
                handled.add(payload + " busy at " + context.attempt());
                throw HandlingException.busy(SECOND);
            }
            handled.add(payload);
        });
        send("a1", "a2");
        time.passUntil(
                () -> assertThat(handled).containsExactly("a1 busy at 1", "a1 busy at 1", "a1 busy at 1", "a1", "a2"));
    }

    /** Fails now and then, and watches that no key is handled twice at a time. */
    private static final class Watcher {
        private final Set<String> running = ConcurrentHashMap.newKeySet();
        private final Queue<String> overlaps = new ConcurrentLinkedQueue<>();
        private final Map<String, Queue<String>> byKey = new ConcurrentHashMap<>();

        void handle(String payload, MessageContext context) throws IOException {
            String key = payload.substring(0, 1);
            if (!running.add(key)) {
                overlaps.add(payload);
            }
            try {
                spin();
                if (payload.hashCode() % 7 == 0 && context.attempt() <= 2) {
                    throw new IOException("now and then");
                }
                byKey.computeIfAbsent(key, k -> new ConcurrentLinkedQueue<>()).add(payload);
            } finally {
                running.remove(key);
            }
        }

        /** Long enough for another thread to come in between, if it may. */
        private static void spin() {
            for (int i = 0; i < 2_000; i++) {
                Thread.onSpinWait();
            }
        }

        MessageConsumer start(MessageSource<String> source) {
            return source.consumer()
                    .concurrency(8)
                    .retry(RetryPolicy.blocking(SECOND).inPlace(1))
                    .start(this::handle);
        }

        int size() {
            return byKey.values().stream().mapToInt(Queue::size).sum();
        }

        void assertAllInOrder(List<String> sent) {
            assertThat(overlaps).as("handled while another of the key was").isEmpty();
            byKey.forEach((key, payloads) -> assertThat(payloads)
                    .containsExactlyElementsOf(
                            sent.stream().filter(text -> text.startsWith(key)).toList()));
        }
    }

    private List<String> sendMany(int from, int to) {
        List<String> sent = new ArrayList<>();
        for (int number = from; number < to; number++) {
            for (char key = 'a'; key <= 'j'; key++) {
                sent.add(key + "-" + number);
            }
        }
        sent.forEach(queue::send);
        return sent;
    }

    @Test
    void ORD_1_a_key_keeps_its_order_through_retries_and_over_two_clients_with_eight_handlers_each() {
        Watcher watcher = new Watcher();
        try (QueueClient other = connect()) {
            watcher.start(queue);
            watcher.start(other.queue(STEPS));
            List<String> sent = sendMany(100, 130);
            time.passUntil(() -> assertThat(watcher.size()).isEqualTo(sent.size()));
            watcher.assertAllInOrder(sent);
        }
    }

    @Test
    void ORD_1_a_key_keeps_its_order_when_consumers_stop_and_start_midway() {
        Watcher watcher = new Watcher();
        List<String> sent = new ArrayList<>();
        MessageConsumer consumer = watcher.start(queue);
        for (int round = 1; round <= 6; round++) {
            sent.addAll(sendMany(100 * round, 100 * round + 8));
            int atLeast = sent.size() / 2;
            time.passUntil(() -> assertThat(watcher.size()).isGreaterThan(atLeast));
            consumer.stop(SECOND);
            consumer = watcher.start(queue);
        }
        time.passUntil(() -> assertThat(watcher.size()).isEqualTo(sent.size()));
        watcher.assertAllInOrder(sent);
    }

    @Test
    void ORD_1_a_subscription_keeps_the_order_of_its_topic() {
        MessageTopic<String> topic =
                client.topic(TopicSpec.of("events", String.class).orderedBy(text -> text.substring(0, 1)));
        topic.subscription("audit").consumer().concurrency(4).start((payload, context) -> {
            if (payload.equals("a1") && context.attempt() == 1) {
                throw new IOException("once");
            }
            handled.add(payload);
        });
        List.of("a1", "a2", "a3").forEach(topic::send);
        time.passUntil(() -> assertThat(handled).containsExactly("a1", "a2", "a3"));
    }

    @Test
    void ORD_1_the_key_goes_on_behind_a_dead_letter() {
        queue.consume(payload -> {
            if (payload.equals("a1")) {
                throw HandlingException.permanent("no");
            }
            handled.add(payload);
        });
        send("a1", "a2");
        eventually(() -> assertThat(handled).containsExactly("a2"));
        assertThat(queue.deadLetters().list()).hasSize(1);
    }

    @Test
    void ORD_1_the_key_waits_while_a_dead_letter_cannot_be_stored() {
        broker.receiving.forwarding = ReceiverFaults.Forwarding.UNKNOWN;
        queue.consume(payload -> {
            handled.add(payload);
            if (payload.equals("a1")) {
                throw HandlingException.permanent("no");
            }
        });
        send("a1", "a2", "b1");
        time.passUntil(() -> assertThat(broker.receiving.forwards).hasValueGreaterThan(3));
        assertThat(handled).containsExactly("a1", "b1");
        broker.receiving.forwarding = ReceiverFaults.Forwarding.WORKS;
        time.passUntil(() -> assertThat(handled).containsExactly("a1", "b1", "a2"));
    }

    @Test
    void ORD_1_the_key_goes_on_behind_a_dropped_and_an_expired_message() {
        queue.send(Outgoing.of("a1").expiresAfter(SECOND));
        send("a2", "a3");
        time.advance(SECOND.multipliedBy(2));
        queue.consumer()
                .retry(RetryPolicy.none())
                .whenExhausted(WhenExhausted.DROP)
                .start(payload -> {
                    handled.add(payload);
                    if (payload.equals("a2")) {
                        throw new IOException("always");
                    }
                });
        eventually(() -> assertThat(handled).containsExactly("a2", "a3"));
    }

    @Test
    void ORD_3_a_message_without_a_key_is_refused_before_it_is_sent() {
        MessageQueue<String> byTenant = client.queue(
                QueueSpec.of("tenants", String.class).orderedBy(text -> text.equals("null") ? null : text.strip()));
        refused(ErrorCode.INVALID_ARGUMENT, () -> byTenant.send("null"));
        refused(ErrorCode.INVALID_ARGUMENT, () -> byTenant.send(""));
        refused(ErrorCode.INVALID_ARGUMENT, () -> byTenant.send(Outgoing.of(" ").header("h", "v")));
        refused(ErrorCode.INVALID_ARGUMENT, () -> byTenant.send(Outgoing.of("x").key("y")));
        assertThat(broker.handedOver()).isEmpty();
    }

    @Test
    void ORD_5_delays_are_refused() {
        refused(ErrorCode.UNSUPPORTED, () -> queue.send(Outgoing.of("a").delay(SECOND)));
        refused(
                ErrorCode.UNSUPPORTED,
                () -> queue.send(Outgoing.of("a").deliverAt(time.now().plus(SECOND))));
        assertThat(broker.handedOver()).isEmpty();
        assertThat(queue.send(Outgoing.of("a").delay(Duration.ZERO))).isNotEmpty();
        assertThat(queue.send(Outgoing.of("a").deliverAt(time.now()))).isNotEmpty();
    }

    @Test
    void ORD_5_delayed_retries_are_refused_when_the_consumer_is_built() {
        for (RetryPolicy delayed : List.of(
                RetryPolicy.standard(),
                RetryPolicy.delays(SECOND),
                RetryPolicy.exponential(SECOND, 2, SECOND).attempts(3))) {
            refused(ErrorCode.UNSUPPORTED, () -> queue.consumer().retry(delayed).start(handled::add));
        }
        send("a1");
        queue.consumer().retry(RetryPolicy.none().inPlace(2)).start(handled::add);
        eventually(() -> assertThat(handled).containsExactly("a1"));
    }
}

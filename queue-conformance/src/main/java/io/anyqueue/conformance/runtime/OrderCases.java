package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.TopicSpec;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Ordered queues and topics: each key in the order of its sends, one at a time, whatever happens (rules ORD-1 to ORD-5). */
final class OrderCases {
    private static final RetryPolicy BLOCKING =
            RetryPolicy.blocking(Duration.ofMillis(20), Duration.ofMillis(20)).inPlace(1);

    private OrderCases() {}

    static List<Case> all() {
        return List.of(
                ordered(
                        "ORD-1/two-clients",
                        "Two clients with eight handlers each keep every key in order",
                        OrderCases::twoClients),
                ordered(
                        "ORD-1/failures",
                        "Random failures and blocking retries over two clients keep every key in order",
                        OrderCases::failures),
                ordered(
                        "ORD-1/stop-and-start",
                        "Consumers that stop and start midway keep every key in order",
                        OrderCases::stopAndStart),
                ordered(
                        "ORD-1/asynchronous-sends",
                        "Asynchronous sends of a key are handled in the order of the calls",
                        OrderCases::asynchronousSends),
                ordered(
                        "ORD-1/behind-a-dead-letter",
                        "A key goes on behind what was given up",
                        OrderCases::behindADeadLetter),
                ordered("ORD-1/subscription", "A subscription keeps the order of its topic", OrderCases::subscription),
                ordered("ORD-1/busy-holds-the-key", "Busy holds the key's later messages back, too", OrderCases::busy),
                ordered(
                        "ORD-2/hanging-handler",
                        "A handler that hangs holds back no other key",
                        OrderCases::hangingHandler),
                ordered(
                        "ORD-2/waiting-for-a-retry",
                        "A key that waits for its retry holds back no other, even of the only handler",
                        OrderCases::waitingForARetry),
                ordered("ORD-3/no-key", "A message without a key is refused before the send", OrderCases::noKey),
                ordered("ORD-5/delays", "Delays and delayed retries are refused", OrderCases::delays));
    }

    private static Case ordered(String id, String title, Clients.Body body) {
        return Case.of(id, title, with(body))
                .needs(
                        Feature.ORDERED_KEYS,
                        spec -> spec.withOrdered(true),
                        with(clients -> Refused.with(
                                "an ordered queue",
                                () -> clients.client().queue(clients.orderedQueue()),
                                ErrorCode.UNSUPPORTED)));
    }

    /** {@return {@code count} messages of each key, interleaved: {@code k0/0, k1/0, …, k0/1, …}} */
    private static List<String> interleaved(int keys, int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < keys; k++) {
                all.add("k" + k + "/" + i);
            }
        }
        return all;
    }

    private static void awaitOrder(Clients clients, Lanes lanes, Runs runs, int keys, int count) {
        clients.trial()
                .eventually(
                        () -> keys * count + " are handled, there are "
                                + runs.handled().size() + "; " + lanes.faults(),
                        Trial.SIGNAL.multipliedBy(3),
                        () -> runs.handled().size() >= keys * count
                                || !lanes.faults().isEmpty());
        runs.exactly(interleaved(keys, count));
        assertThat(lanes.faults()).as("what happened out of order").isEmpty();
    }

    private static void twoClients(Clients clients) {
        QueueSpec<String> spec = clients.orderedQueue();
        Lanes lanes = new Lanes();
        Runs runs = clients.runs(lanes.of((payload, context) -> {}));
        for (int i = 0; i < 2; i++) {
            clients.start(clients.another().queue(spec).consumer().concurrency(8), runs);
        }
        clients.sendAll(clients.client().queue(spec), interleaved(10, 30));
        awaitOrder(clients, lanes, runs, 10, 30);
    }

    private static void failures(Clients clients) {
        QueueSpec<String> spec = clients.orderedQueue();
        Lanes lanes = new Lanes();
        long seed = clients.trial().seed();
        // Runs are counted where they begin, so that only those that return are left to compare with what was sent.
        Runs runs = clients.runs();
        for (int i = 0; i < 2; i++) {
            clients.start(
                    clients.another().queue(spec).consumer().concurrency(8).retry(BLOCKING),
                    lanes.of((payload, context) -> {
                        int lucky = new Random(seed ^ payload.hashCode()).nextInt(8);
                        if (context.attempt() <= lucky - 4) {
                            throw new IllegalStateException("not yet");
                        }
                        runs.handle(payload, context);
                    }));
        }
        clients.sendAll(clients.client().queue(spec), interleaved(8, 15));
        awaitOrder(clients, lanes, runs, 8, 15);
    }

    private static void stopAndStart(Clients clients) {
        QueueSpec<String> spec = clients.orderedQueue();
        Lanes lanes = new Lanes();
        Runs runs = clients.runs(lanes.of((payload, context) -> Thread.sleep(2)));
        QueueClient one = clients.another();
        QueueClient two = clients.another();
        clients.sendAll(clients.client().queue(spec), interleaved(8, 30));
        for (int round = 0; round < 3; round++) {
            int before = runs.handled().size();
            MessageConsumer a = clients.start(one.queue(spec).consumer().concurrency(4), runs);
            MessageConsumer b = clients.start(two.queue(spec).consumer().concurrency(4), runs);
            clients.trial()
                    .eventually(
                            "some are handled in round " + round,
                            Trial.SIGNAL.multipliedBy(2),
                            () -> runs.handled().size() > before + 10
                                    || runs.handled().size() == 240);
            assertThat(a.stop(Trial.SIGNAL)).as("stopped within its grace").isTrue();
            assertThat(b.stop(Trial.SIGNAL)).as("stopped within its grace").isTrue();
        }
        clients.start(one.queue(spec).consumer().concurrency(4), runs);
        awaitOrder(clients, lanes, runs, 8, 30);
    }

    private static void asynchronousSends(Clients clients) {
        QueueSpec<String> spec = clients.orderedQueue();
        Lanes lanes = new Lanes();
        Runs runs = clients.runs(lanes.of((payload, context) -> {}));
        clients.start(clients.another().queue(spec).consumer().concurrency(4), runs);
        MessageQueue<String> queue = clients.client().queue(spec);
        interleaved(4, 50).stream()
                .map(queue::sendAsync)
                .toList()
                .forEach(sent -> sent.orTimeout(30, java.util.concurrent.TimeUnit.SECONDS)
                        .join());
        awaitOrder(clients, lanes, runs, 4, 50);
    }

    private static void behindADeadLetter(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.orderedQueue());
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("a/1")) {
                throw new IllegalStateException("always");
            }
        });
        clients.start(queue.consumer().concurrency(4).retry(RetryPolicy.none().inPlace(1)), runs);
        clients.sendAll(queue, List.of("a/0", "a/1", "a/2", "a/3"));
        runs.await(5);
        runs.noMore();
        assertThat(runs.payloads()).containsExactly("a/0", "a/1", "a/1", "a/2", "a/3");
    }

    private static void subscription(Clients clients) {
        TopicSpec<String> spec = clients.topic("audit").orderedBy(Clients::key);
        if (!clients.client().capabilities().has(Feature.TOPICS)) {
            throw new io.anyqueue.conformance.kit.NotSupported("no topics");
        }
        MessageTopic<String> topic = clients.client().topic(spec);
        Lanes lanes = new Lanes();
        Runs runs = clients.runs(lanes.of((payload, context) -> {}));
        for (int i = 0; i < 2; i++) {
            clients.start(
                    clients.another()
                            .topic(spec)
                            .subscription("audit")
                            .consumer()
                            .concurrency(4),
                    runs);
        }
        clients.awaitVisible();
        topic.sendAll(interleaved(5, 20).stream().map(Outgoing::of).toList());
        awaitOrder(clients, lanes, runs, 5, 20);
    }

    private static void busy(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.orderedQueue());
        Runs runs = clients.runs((payload, context) -> {});
        List<String> refused = new java.util.concurrent.CopyOnWriteArrayList<>();
        clients.start(queue.consumer().concurrency(4), (payload, context) -> {
            if (payload.equals("a/0") && refused.size() < 2) {
                refused.add(payload + " " + context.attempt());
                throw io.anyqueue.HandlingException.busy(Duration.ofMillis(150));
            }
            runs.handle(payload, context);
        });
        clients.sendAll(queue, List.of("a/0", "a/1", "a/2"));
        runs.exactly("a/0", "a/1", "a/2");
        assertThat(runs.payloads()).containsExactly("a/0", "a/1", "a/2");
        assertThat(refused).containsExactly("a/0 1", "a/0 1");
    }

    private static void hangingHandler(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.orderedQueue());
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("stuck/0")) {
                end.await();
            }
        });
        clients.start(queue.consumer().concurrency(2), runs);
        clients.sendAll(queue, List.of("stuck/0", "stuck/1", "stuck/2"));
        runs.await(1);
        List<String> others = interleaved(20, 3);
        clients.sendAll(queue, others);
        clients.trial()
                .eventually(
                        () -> "the other keys are handled; there are " + runs.handled(),
                        Trial.SIGNAL,
                        () -> runs.handled().size() >= others.size());
        assertThat(runs.handled()).containsExactlyInAnyOrderElementsOf(others);
        assertThat(runs.payloads()).doesNotContain("stuck/1", "stuck/2");
        end.countDown();
        runs.await(others.size() + 3);
        assertThat(runs.payloads().subList(others.size() + 1, others.size() + 3))
                .containsExactly("stuck/1", "stuck/2");
    }

    private static void waitingForARetry(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.orderedQueue());
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("stuck/0") && context.attempt() == 1) {
                throw new IllegalStateException("later");
            }
        });
        clients.start(queue.consumer().retry(RetryPolicy.blocking(Duration.ofSeconds(4))), runs);
        clients.sendAll(queue, List.of("stuck/0", "stuck/1"));
        runs.await(1);
        List<String> others = interleaved(20, 2);
        clients.sendAll(queue, others);
        runs.await(1 + others.size());
        assertThat(runs.payloads()).as("while the first key waits").doesNotContain("stuck/1");
        runs.await(3 + others.size());
        assertThat(runs.of("stuck/0")).hasSize(2);
        assertThat(runs.payloads()).endsWith("stuck/0", "stuck/1");
    }

    private static void noKey(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.orderedQueue());
        Refused.invalid("a payload with an empty key", () -> queue.send("no key"));
        Refused.invalid(
                "a key of the caller's", () -> queue.send(Outgoing.of("a/0").key("b")));
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        clients.send(queue, "a/1");
        runs.exactly("a/1");
        assertThat(runs.all().get(0).message().key()).contains("a");
    }

    private static void delays(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.orderedQueue());
        Outgoing<String> message = Outgoing.of("a/0");
        Refused.with("a delay", () -> queue.send(message.delay(Duration.ofSeconds(1))), ErrorCode.UNSUPPORTED);
        Refused.with(
                "a time of delivery",
                () -> queue.send(message.deliverAt(Instant.now().plusSeconds(60))),
                ErrorCode.UNSUPPORTED);
        Refused.with(
                "delayed retries",
                () -> queue.consumer()
                        .retry(RetryPolicy.delays(Duration.ofSeconds(1)))
                        .start(payload -> {}),
                ErrorCode.UNSUPPORTED);
        Refused.with(
                "growing delays",
                () -> queue.consumer().retry(RetryPolicy.standard()).start(payload -> {}),
                ErrorCode.UNSUPPORTED);
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        clients.send(queue, message.delay(Duration.ZERO));
        runs.exactly("a/0");
    }
}

package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.KeyParking;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The rest of a dead letter's key follows it, in order, and comes back in order (rule ORD-4). With a store of the case's own, so
 * that it holds for each broker that keeps keys in order.
 */
final class ParkingCases {
    private ParkingCases() {}

    static List<Case> all() {
        return List.of(
                parking(
                        "ORD-4/rest-follows",
                        "Behind what is given up the rest of its key waits, and other keys go on",
                        ParkingCases::restFollows),
                parking(
                        "ORD-4/comes-back",
                        "A redrive brings all of a key back in order, and what is sent meanwhile is behind it",
                        ParkingCases::comesBack),
                parking("ORD-4/fails-again", "A head that fails again stays in front", ParkingCases::failsAgain),
                parking(
                        "ORD-4/another-client",
                        "A key stays parked when its consumer stops and another client's goes on",
                        ParkingCases::anotherClient),
                Case.of(
                        "ORD-4/without-order",
                        "Parking is refused on a source without order",
                        with(ParkingCases::withoutOrder)));
    }

    private static Case parking(String id, String title, Clients.Body body) {
        return Case.of(id, title, with(body))
                .needs(
                        Feature.ORDERED_KEYS,
                        spec -> spec.withOrdered(true),
                        with(clients -> Refused.with(
                                "an ordered queue",
                                () -> clients.client().queue(clients.orderedQueue()),
                                ErrorCode.UNSUPPORTED)));
    }

    private static final class Scene {
        private final Clients clients;
        private final KeyParking store = new MapParking();
        private final Set<String> bad = ConcurrentHashMap.newKeySet();
        private final QueueSpec<String> spec;
        private final MessageQueue<String> queue;
        private final Runs runs;

        Scene(Clients clients) {
            this.clients = clients;
            this.spec = clients.orderedQueue();
            this.queue = clients.client().queue(spec);
            this.runs = clients.runs((payload, context) -> {
                if (bad.contains(payload)) {
                    throw new IllegalStateException("bad: " + payload);
                }
            });
        }

        MessageConsumer start(QueueClient client) {
            return clients.start(
                    client.queue(spec)
                            .consumer()
                            .concurrency(4)
                            .retry(RetryPolicy.none())
                            .whenExhausted(WhenExhausted.PARK_KEY)
                            .parking(store),
                    runs);
        }

        /** a/1 is given up, a/2 and a/3 follow it, and b is handled. */
        MessageConsumer park(QueueClient client) {
            bad.add("a/1");
            MessageConsumer consumer = start(client);
            clients.sendAll(queue, List.of("a/0", "a/1", "a/2", "b/0", "a/3", "b/1"));
            awaitParked("a/1", "a/2", "a/3");
            runs.await(4);
            return consumer;
        }

        void awaitParked(String... payloads) {
            List<String> expected = List.of(payloads);
            clients.trial()
                    .eventually(
                            () -> "parked are " + expected + "; it is " + parked(),
                            Trial.SIGNAL,
                            () -> parked().equals(expected));
        }

        List<String> parked() {
            return store.messages(spec.name(), "a", "", 100).stream()
                    .map(message -> new String(message.bodyArray(), StandardCharsets.UTF_8))
                    .toList();
        }

        long redrive() {
            return queue.deadLetters().redrive(letter -> true).run();
        }
    }

    private static void restFollows(Clients clients) {
        Scene scene = new Scene(clients);
        scene.park(clients.client());
        scene.runs.noMore();
        assertThat(scene.runs.payloads()).containsExactlyInAnyOrder("a/0", "a/1", "b/0", "b/1");
        clients.send(scene.queue, "b/2", "a/4");
        scene.awaitParked("a/1", "a/2", "a/3", "a/4");
        clients.trial()
                .eventually(
                        "the other key goes on",
                        Trial.SIGNAL,
                        () -> scene.runs.handled().contains("b/2"));
        if (clients.client().capabilities().has(Feature.BROWSE)) {
            assertThat(Letters.of(scene.queue))
                    .extracting(DeadLetter::reason)
                    .containsExactly("EXHAUSTED", "KEY_PARKED", "KEY_PARKED", "KEY_PARKED");
        }
    }

    private static void comesBack(Clients clients) {
        Scene scene = new Scene(clients);
        scene.park(clients.client());
        scene.bad.clear();
        assertThat(scene.redrive()).isEqualTo(1);
        clients.send(scene.queue, "a/4");
        scene.runs.await(8);
        scene.runs.noMore();
        List<String> ofKey = scene.runs.handled().stream()
                .filter(payload -> payload.startsWith("a"))
                .toList();
        assertThat(ofKey).containsExactly("a/0", "a/1", "a/2", "a/3", "a/4");
        assertThat(scene.parked()).isEmpty();
    }

    private static void failsAgain(Clients clients) {
        Scene scene = new Scene(clients);
        scene.park(clients.client());
        assertThat(scene.redrive()).isEqualTo(1);
        clients.trial()
                .eventually(
                        "it runs again",
                        Trial.SIGNAL,
                        () -> scene.runs.of("a/1").size() == 2);
        scene.runs.noMore();
        assertThat(scene.parked()).containsExactly("a/1", "a/2", "a/3");
        scene.bad.clear();
        // Until it is known to have failed again it counts as on its way.
        clients.trial().eventually("it goes back again", Trial.SIGNAL, () -> scene.redrive() > 0);
        clients.trial()
                .eventually(
                        "the key is handled",
                        Trial.SIGNAL,
                        () -> scene.runs.handled().contains("a/3"));
        assertThat(scene.runs.handled().stream().filter(payload -> payload.startsWith("a")))
                .containsExactly("a/0", "a/1", "a/2", "a/3");
    }

    private static void anotherClient(Clients clients) {
        Scene scene = new Scene(clients);
        MessageConsumer first = scene.park(clients.another());
        assertThat(first.stop(Trial.SIGNAL)).isTrue();
        scene.start(clients.client());
        clients.send(scene.queue, "a/4", "b/2");
        scene.awaitParked("a/1", "a/2", "a/3", "a/4");
        scene.runs.await(5);
        scene.runs.noMore();
        assertThat(scene.runs.payloads()).doesNotContain("a/2", "a/3", "a/4");
        scene.bad.clear();
        assertThat(scene.redrive()).isEqualTo(1);
        clients.trial()
                .eventually(
                        "the key is handled",
                        Trial.SIGNAL,
                        () -> scene.runs.handled().contains("a/4"));
        assertThat(scene.runs.handled().stream().filter(payload -> payload.startsWith("a")))
                .containsExactly("a/0", "a/1", "a/2", "a/3", "a/4");
    }

    private static void withoutOrder(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Refused.invalid(
                "parking without order",
                () -> queue.consumer()
                        .whenExhausted(WhenExhausted.PARK_KEY)
                        .parking(new MapParking())
                        .start(payload -> {}));
    }
}

package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Messages of programs that do not know this library: raw, with an id that stays, and never the end of a consumer. */
final class ForeignCases {
    private static final byte[] BODY = "<order id=\"7\">foreign</order>".getBytes(StandardCharsets.UTF_8);

    private ForeignCases() {}

    static List<Case> all() {
        return List.of(
                foreign("RCV-7/raw", "A foreign message arrives raw", ForeignCases::raw),
                foreign("RCV-7/stable-id", "Its id is the same each time, and no other's", ForeignCases::stableId),
                foreign("RCV-7/broken-headers", "Broken headers of ours are taken for absent", ForeignCases::broken),
                foreign("RCV-7/ordered", "Without a key it has its shard's lane", ForeignCases::ordered)
                        .needs(Feature.ORDERED_KEYS, spec -> spec.withOrdered(true), trial -> {}));
    }

    private static Case foreign(String id, String title, Case.Body body) {
        return Case.of(id, title, body).needs(Means.NATIVE_ACCESS);
    }

    private static void raw(Trial trial) throws Exception {
        Spec queue = trial.steadyQueue();
        trial.adapter().nativeAccess().write(queue.endpoint(), Map.of("shop", "north"), BODY);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one();
        Message message = delivery.message();
        assertThat(message.bodyArray()).as("body").isEqualTo(BODY);
        assertThat(message.id()).as("id").isNotBlank();
        assertThat(message.type()).as("type").isEmpty();
        assertThat(message.headers()).as("headers").containsEntry("shop", "north");
        assertThat(delivery.attempts()).as("attempts").isZero();
        receiver.acked(delivery);
        receiver.nothing(Trial.SILENCE);
    }

    private static void stableId(Trial trial) throws Exception {
        Spec queue = trial.steadyQueue();
        for (int i = 0; i < 3; i++) {
            trial.adapter().nativeAccess().write(queue.endpoint(), Map.of(), BODY);
        }
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> first = receiver.take(3);
        List<String> ids = TestReceiver.ids(first);
        assertThat(new HashSet<>(ids)).as("ids of three foreign messages").hasSize(3);
        assertThat(receiver.release(first)).containsOnly(Settled.DONE);
        assertThat(TestReceiver.ids(receiver.take(3)))
                .as("ids after a release")
                .containsExactlyInAnyOrderElementsOf(ids);
        receiver.close();
        TestReceiver next = trial.receiver(trial.anotherClient(), queue);
        List<Delivery> again = next.take(3);
        assertThat(TestReceiver.ids(again)).as("ids with another client").containsExactlyInAnyOrderElementsOf(ids);
        next.acked(again);
    }

    private static void broken(Trial trial) throws Exception {
        Spec queue = trial.steadyQueue();
        List<Map<String, String>> all = new ArrayList<>();
        for (String value : List.of("", "banana", "-1", "99999999999999999999", "1e9", "\u00e4")) {
            Map<String, String> headers = new LinkedHashMap<>();
            for (String name : List.of(
                    "q-time",
                    "q-attempts",
                    "q-deliveries",
                    "q-first-failed-at",
                    "q-priority",
                    "q-deliver-at",
                    "q-expires-at")) {
                headers.put(name, value);
            }
            all.add(headers);
        }
        all.add(Map.of("q-id", ""));
        all.add(Map.of("q-id", " "));
        all.add(Map.of("q-id", "x".repeat(1_000)));
        for (Map<String, String> headers : all) {
            trial.adapter().nativeAccess().write(queue.endpoint(), headers, BODY);
        }
        Message ours = trial.message();
        trial.sender(queue).confirm(ours);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> delivered = receiver.take(all.size() + 1);
        assertThat(TestReceiver.ids(delivered)).as("ids").contains(ours.id()).doesNotHaveDuplicates();
        for (Delivery delivery : delivered) {
            assertThat(delivery.message().id()).as("id").isNotBlank().hasSizeLessThan(1_000);
            assertThat(delivery.attempts()).as("attempts").isZero();
            assertThat(delivery.deliveries()).as("deliveries").isEqualTo(1);
            assertThat(delivery.firstFailedAtMillis()).as("firstFailedAtMillis").isZero();
        }
        receiver.acked(delivered);
        receiver.nothing(Trial.SILENCE);
    }

    private static void ordered(Trial trial) throws Exception {
        Spec queue = trial.orderedQueue();
        trial.adapter().nativeAccess().write(queue.endpoint(), Map.of(), BODY);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one();
        assertThat(delivery.message().key()).as("key").isEmpty();
        assertThat(delivery.lane()).as("lane").isNotEmpty();
        receiver.acked(delivery);
        Message ours = trial.message("key");
        trial.sender(queue).confirm(ours);
        receiver.acked(receiver.one(ours));
    }
}

package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What arrives is what was sent, byte for byte: bodies and the fields of the system (headers: {@link HeaderCases}). */
final class FidelityCases {
    private static final long HOUR = 3_600_000;

    private FidelityCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("SND-7/empty-body", "An empty body arrives empty", trial -> body(trial, new byte[0])),
                Case.of("SND-7/every-byte", "Every value of a byte arrives", trial -> body(trial, everyByte())),
                Case.of("SND-7/large-body", "64 KiB at random arrive", trial -> body(trial, atRandom(trial, 1 << 16))),
                Case.of("SND-7/text-body", "Text beyond ASCII arrives", trial -> body(trial, text())),
                Case.of("SND-7/fields", "Every field of the system arrives", FidelityCases::fields),
                Case.of("SND-7/absent-fields", "What is not set stays absent", FidelityCases::absentFields),
                Case.of("SND-7/ids", "An id arrives whatever its characters", FidelityCases::ids),
                Case.of(
                        "SND-7/caller-keeps-its-message",
                        "Sending does not change the message",
                        FidelityCases::callersMessage),
                Case.of("RCV-5/history", "What earlier copies went through is counted on", FidelityCases::history),
                Case.of("RTY-3/redelivered-unchanged", "A message that comes again is the same", FidelityCases::again));
    }

    private static byte[] everyByte() {
        byte[] body = new byte[512];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        return body;
    }

    private static byte[] atRandom(Trial trial, int size) {
        byte[] body = new byte[size];
        trial.random().nextBytes(body);
        return body;
    }

    private static byte[] text() {
        return "{\"name\":\"Grüße, 世界 🚀\u0000\uFEFF\"}".getBytes(StandardCharsets.UTF_8);
    }

    private static void body(Trial trial, byte[] body) {
        Message sent = trial.build().body(body).build();
        byte[] have = arrived(trial, trial.queue(), sent).message().bodyArray();
        trial.check(
                Arrays.equals(have, body),
                "a body of " + body.length + " bytes came as " + have.length + " bytes, and they differ first at index "
                        + Arrays.mismatch(have, body));
    }

    private static Delivery arrived(Trial trial, Spec queue, Message sent) {
        trial.sender(queue).confirm(sent);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one();
        receiver.acked(delivery);
        return delivery;
    }

    private static void fields(Trial trial) {
        Message sent = trial.build()
                .key("kunde-ü-7")
                .type("order-placed")
                .contentType("application/json; charset=utf-8")
                .correlationId("correlation 世界")
                .causationId("cause/1")
                .replyTo("replies--shop")
                .createdAtMillis(trial.now() - HOUR)
                .deliverAtMillis(trial.now() - 1_000)
                .expiresAtMillis(trial.now() + HOUR)
                .priority(3)
                .build();
        same(arrived(trial, trial.queue(), sent).message(), sent);
    }

    static void same(Message have, Message want) {
        assertThat(have.id()).as("id").isEqualTo(want.id());
        assertThat(have.key()).as("key").isEqualTo(want.key());
        assertThat(have.type()).as("type").isEqualTo(want.type());
        assertThat(have.contentType()).as("contentType").isEqualTo(want.contentType());
        assertThat(have.correlationId()).as("correlationId").isEqualTo(want.correlationId());
        assertThat(have.causationId()).as("causationId").isEqualTo(want.causationId());
        assertThat(have.replyTo()).as("replyTo").isEqualTo(want.replyTo());
        assertThat(have.createdAtMillis()).as("createdAtMillis").isEqualTo(want.createdAtMillis());
        assertThat(have.deliverAtMillis()).as("deliverAtMillis").isEqualTo(want.deliverAtMillis());
        assertThat(have.expiresAtMillis()).as("expiresAtMillis").isEqualTo(want.expiresAtMillis());
        assertThat(have.priority()).as("priority").isEqualTo(want.priority());
        assertThat(have.headers()).as("headers").isEqualTo(want.headers());
        assertThat(have.bodyArray()).as("body").isEqualTo(want.bodyArray());
    }

    private static void absentFields(Trial trial) {
        Message bare = Message.builder(trial.message().id()).build();
        Message have = arrived(trial, trial.queue(), bare).message();
        same(have, bare);
        assertThat(List.of(have.key(), have.type(), have.contentType(), have.correlationId(), have.causationId()))
                .containsOnly(Optional.empty());
        assertThat(have.headers()).isEmpty();
    }

    /** An id is the user's: it may look like a path, a query, a number or a pattern. */
    private static void ids(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = trial.receiver(queue);
        for (String odd : List.of("0", "a b", "orders/7?x=1&y=2", "名前", "*.#%20", "x".repeat(200))) {
            Message sent = trial.build().id(odd).build();
            trial.sender(queue).confirm(sent);
            receiver.acked(receiver.one(sent));
        }
    }

    private static void callersMessage(Trial trial) {
        Message sent = trial.build()
                .key("k")
                .headers(Map.of("a", "1"))
                .history(new History(1, 2, 3))
                .build();
        byte[] body = sent.bodyArray().clone();
        arrived(trial, trial.queue(), sent);
        assertThat(sent.bodyArray()).as("the body that the caller has").isEqualTo(body);
        assertThat(sent.headers()).as("the headers that the caller has").isEqualTo(Map.of("a", "1"));
        assertThat(sent.history()).isEqualTo(new History(1, 2, 3));
    }

    private static void history(Trial trial) {
        long failedAt = trial.now() - HOUR;
        Message copy = trial.build().history(new History(2, 5, failedAt)).build();
        Spec queue = trial.queue();
        Delivery delivery = arrived(trial, queue, copy);
        assertThat(delivery.attempts()).as("attempts").isEqualTo(2);
        assertThat(delivery.firstFailedAtMillis()).as("firstFailedAtMillis").isEqualTo(failedAt);
        if (trial.capabilities(queue).has(Feature.EXACT_DELIVERIES)) {
            assertThat(delivery.deliveries())
                    .as("deliveries: 5 of the copies, and this")
                    .isEqualTo(6);
        } else {
            assertThat(delivery.deliveries())
                    .as("deliveries: at least 5 of the copies, and this")
                    .isGreaterThan(5);
        }
    }

    private static void again(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message sent = trial.build()
                .key("k")
                .replyTo("replies")
                .headers(Map.of("a", "1", "b", "ü"))
                .body(everyByte())
                .build();
        trial.sender(queue).confirm(sent);
        TestReceiver receiver = trial.receiver(queue);
        for (int i = 0; i < 3; i++) {
            Delivery delivery = receiver.one(sent);
            same(delivery.message(), sent);
            receiver.release(List.of(delivery));
        }
        Delivery last = receiver.one(sent);
        same(last.message(), sent);
        receiver.acked(last);
    }
}

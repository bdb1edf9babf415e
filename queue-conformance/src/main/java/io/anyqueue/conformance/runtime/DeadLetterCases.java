package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.DeadLetter;
import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What is given up is kept: as it was, with all that is known of it (rule DLQ-1). */
final class DeadLetterCases {
    private DeadLetterCases() {}

    static List<Case> all() {
        return List.of(
                letter(
                        "DLQ-1/provenance",
                        "A dead letter says why, from where, when, how often, and with what error",
                        DeadLetterCases::provenance),
                letter(
                        "DLQ-1/original",
                        "The original is in it as it was: id, key, type, headers, bytes",
                        DeadLetterCases::original),
                letter(
                        "DLQ-1/of-a-subscription",
                        "A subscription's letter names topic and subscription, and is its own",
                        DeadLetterCases::ofASubscription),
                letter(
                        "DLQ-1/huge-error",
                        "An error text of 1 MB, and one with control characters, fit the broker",
                        DeadLetterCases::hugeError),
                letter(
                        "DLQ-1/largest-message",
                        "A message near the limit can be dead-lettered",
                        DeadLetterCases::largest),
                letter(
                        "DLQ-1/fingerprint",
                        "Failures of one kind from one place have one fingerprint",
                        DeadLetterCases::fingerprint),
                letter("DLQ-1/listing", "Letters are listed over pages, and stay", DeadLetterCases::listing),
                letter("DLQ-1/oldest-first", "Letters are listed oldest first", DeadLetterCases::oldestFirst),
                letter(
                        "DLQ-1/attempts-in-all",
                        "A letter counts attempts over retries in place and delays",
                        DeadLetterCases::attemptsInAll));
    }

    private static Case letter(String id, String title, Clients.Body body) {
        return Case.of(id, title, with(body)).needs(Feature.BROWSE, Letters.REFUSED);
    }

    private static Runs failing(Clients clients, String error) {
        return clients.runs((payload, context) -> {
            throw new IllegalStateException(error);
        });
    }

    private static void provenance(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        Instant before = Instant.now().minusMillis(5);
        Runs runs = failing(clients, "no funds");
        clients.start(queue.consumer().retry(RetryPolicy.none().inPlace(2)), runs);
        String id = clients.send(queue, Outgoing.of("x"));
        DeadLetter letter = Letters.await(clients, queue, 1).get(0);
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.reason()).isEqualTo("EXHAUSTED");
        assertThat(letter.error()).isEqualTo("no funds");
        assertThat(letter.errorClass()).isEqualTo("java.lang.IllegalStateException");
        assertThat(letter.fingerprint()).isNotBlank();
        assertThat(letter.source()).isEqualTo(spec.name());
        assertThat(letter.subscription()).isEmpty();
        assertThat(letter.attempts()).isEqualTo(3);
        assertThat(letter.deliveries()).isGreaterThanOrEqualTo(1);
        assertThat(letter.redrives()).isZero();
        assertThat(letter.firstFailedAt()).isBetween(before, letter.at());
        assertThat(letter.at()).isBetween(before, Instant.now().plusSeconds(1));
        runs.noMore();
    }

    private static void original(Clients clients) {
        QueueSpec<byte[]> spec = clients.queue(byte[].class);
        MessageQueue<byte[]> queue = clients.client().queue(spec);
        byte[] body = new byte[256];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        clients.stopInTheEnd(queue.consumer().retry(RetryPolicy.none()).start((payload, context) -> {
            payload[0] = 42;
            throw new IllegalStateException("always");
        }));
        queue.send(Outgoing.of(body)
                .id("mine")
                .key("k")
                .header("tenant", "Zürich · 東京")
                .header("empty", "")
                .expiresAfter(Duration.ofHours(2)));
        Message original = Letters.await(clients, queue, 1).get(0).original();
        assertThat(original.bodyArray()).isEqualTo(body);
        assertThat(original.id()).isEqualTo("mine");
        assertThat(original.key()).contains("k");
        assertThat(original.type()).contains("byte-array");
        assertThat(original.contentType()).contains("application/octet-stream");
        assertThat(original.headers()).isEqualTo(Map.of("tenant", "Zürich · 東京", "empty", ""));
        assertThat(original.expiresAtMillis()).isEqualTo(original.createdAtMillis() + 7_200_000);
    }

    private static void ofASubscription(Clients clients) {
        if (!clients.client().capabilities().has(Feature.TOPICS)) {
            throw new io.anyqueue.conformance.kit.NotSupported("no topics");
        }
        var spec = clients.topic("audit", "mail");
        MessageTopic<String> topic = clients.client().topic(spec);
        Runs good = clients.runs();
        clients.start(topic.subscription("mail").consumer(), good);
        clients.start(topic.subscription("audit").consumer().retry(RetryPolicy.none()), failing(clients, "bad"));
        clients.awaitVisible();
        clients.send(topic, "x");
        DeadLetter letter =
                Letters.await(clients, topic.subscription("audit"), 1).get(0);
        assertThat(letter.source()).isEqualTo(spec.name());
        assertThat(letter.subscription()).isEqualTo("audit");
        good.exactly("x");
        assertThat(Letters.of(topic.subscription("mail")))
                .as("letters of the subscription that succeeded")
                .isEmpty();
    }

    private static void hugeError(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            throw new IllegalStateException(
                    switch (payload) {
                        case "huge" -> "ä\u20ac\ud83d\ude80".repeat(1 << 18);
                        case "control" -> "a\r\nb\u0000c\ud800d";
                        default -> null;
                    });
        });
        clients.start(queue.consumer().retry(RetryPolicy.none()), runs);
        clients.send(queue, "huge", "control", "none");
        List<DeadLetter> letters = Letters.await(clients, queue, 3);
        assertThat(letters).allSatisfy(letter -> {
            String error = letter.error();
            assertThat(error.getBytes(StandardCharsets.UTF_8).length)
                    .as("bytes of the error")
                    .isLessThanOrEqualTo(1024);
            assertThat(error.chars().noneMatch(Character::isISOControl))
                    .as("no control characters in the error")
                    .isTrue();
        });
        assertThat(error(letters, "huge")).as("the text of the huge one").startsWith("ä\u20ac\ud83d\ude80ä");
        assertThat(error(letters, "control")).contains("a").contains("b").contains("d");
        assertThat(error(letters, "none")).isEmpty();
        runs.noMore();
    }

    private static String error(List<DeadLetter> letters, String payload) {
        return of(letters, payload).error();
    }

    private static DeadLetter of(List<DeadLetter> letters, String payload) {
        return letters.stream()
                .filter(letter -> new String(letter.original().bodyArray(), StandardCharsets.UTF_8).equals(payload))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no letter of " + payload));
    }

    private static void largest(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        int size = (int) Math.min(
                        1024 * 1024, clients.client().capabilities().limits().maxBytes())
                - 16 * 1024;
        Runs runs = failing(clients, "e".repeat(2000));
        clients.start(queue.consumer().retry(RetryPolicy.none()), runs);
        String payload = "y".repeat(size);
        clients.send(queue, Outgoing.of(payload).header("h", "v".repeat(4000)));
        DeadLetter letter = Letters.await(clients, queue, 1).get(0);
        assertThat(letter.original().bodyArray()).hasSize(size);
        assertThat(letter.original().headers()).containsOnlyKeys("h");
    }

    private static void fingerprint(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            if (payload.startsWith("a")) {
                throw new IllegalStateException("message " + payload);
            }
            throw new UnsupportedOperationException("message " + payload);
        });
        clients.start(queue.consumer().retry(RetryPolicy.none()), runs);
        clients.send(queue, "a1", "a2", "b1");
        List<DeadLetter> letters = Letters.await(clients, queue, 3);
        assertThat(print(letters, "a1")).isEqualTo(print(letters, "a2")).isNotEqualTo(print(letters, "b1"));
    }

    private static String print(List<DeadLetter> letters, String payload) {
        return of(letters, payload).fingerprint();
    }

    private static void listing(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        List<String> payloads = numbered("m", 130);
        clients.start(queue.consumer().retry(RetryPolicy.none()), failing(clients, "always"));
        clients.sendAll(queue, payloads);
        Letters.await(clients, queue, 130);
        for (int i = 0; i < 2; i++) {
            List<DeadLetter> letters = Letters.of(queue);
            assertThat(letters)
                    .extracting(letter -> new String(letter.original().bodyArray(), StandardCharsets.UTF_8))
                    .containsExactlyInAnyOrderElementsOf(payloads);
        }
    }

    /** One after the other, as letters that are stored at the same time have no order. */
    private static void oldestFirst(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        clients.start(queue.consumer().retry(RetryPolicy.none()), failing(clients, "always"));
        List<String> payloads = numbered("m", 4);
        for (int i = 0; i < payloads.size(); i++) {
            clients.send(queue, payloads.get(i));
            Letters.await(clients, queue, i + 1);
        }
        assertThat(Letters.of(queue))
                .extracting(letter -> new String(letter.original().bodyArray(), StandardCharsets.UTF_8))
                .containsExactlyElementsOf(payloads);
    }

    private static void attemptsInAll(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Duration delay = Duration.ofMillis(100);
        clients.start(queue.consumer().retry(RetryPolicy.delays(delay, delay).inPlace(1)), failing(clients, "always"));
        clients.send(queue, "x");
        clients.trial()
                .eventually("a letter", Trial.SIGNAL, () -> !Letters.of(queue).isEmpty());
        DeadLetter letter = Letters.of(queue).get(0);
        assertThat(letter.attempts()).isEqualTo(4);
        assertThat(Duration.between(letter.firstFailedAt(), letter.at()))
                .as("from the first failure to the last")
                .isGreaterThanOrEqualTo(delay.multipliedBy(2));
        if (clients.client().capabilities().has(Feature.EXACT_DELIVERIES)) {
            assertThat(letter.deliveries()).isEqualTo(3);
        }
    }
}

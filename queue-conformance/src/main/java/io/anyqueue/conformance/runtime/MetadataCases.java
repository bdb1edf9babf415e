package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueSpec;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a handler sees of a message is what the sender said of it. */
final class MetadataCases {
    private MetadataCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "SND-7/headers",
                        "Headers arrive as they were: Unicode, odd names, empty, many",
                        with(MetadataCases::headers)),
                Case.of(
                        "SND-7/fields",
                        "Id, key, type, content type and times arrive as they were",
                        with(MetadataCases::fields)),
                Case.of(
                        "SND-7/nothing-stays-nothing",
                        "What was not said of a message is not there",
                        with(MetadataCases::nothing)),
                Case.of("SND-7/empty-payload", "An empty text and no bytes arrive empty", with(MetadataCases::empty)),
                Case.of("SND-7/all-bytes", "Every value of a byte arrives as it was", with(MetadataCases::allBytes)),
                Case.of(
                        "SND-5/wrong-headers",
                        "Reserved names, control characters and what is no Unicode are refused before the send",
                        with(MetadataCases::wrongHeaders)));
    }

    private static Message sendAndHandle(Clients clients, Outgoing<String> message) {
        QueueSpec<String> spec = clients.queue();
        Runs runs = clients.runs();
        clients.start(clients.another().queue(spec).consumer(), runs);
        clients.send(clients.client().queue(spec), message);
        return runs.await(1).all().get(0).message();
    }

    private static void headers(Clients clients) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("tenant", "Zürich · 東京 · 🚀 · \u05d0");
        headers.put("größe", "ja");
        headers.put("x-Mixed_Case.And-dots", "a=b; c=\"d\", e");
        headers.put("with space", " padded ");
        headers.put("empty", "");
        headers.put("long", "v".repeat(4000));
        for (int i = 0; i < 60; i++) {
            headers.put("h" + i, "v" + i);
        }
        Outgoing<String> message = Outgoing.of("x");
        for (Map.Entry<String, String> header : headers.entrySet()) {
            message = message.header(header.getKey(), header.getValue());
        }
        assertThat(sendAndHandle(clients, message).headers()).containsExactlyInAnyOrderEntriesOf(headers);
    }

    private static void fields(Clients clients) {
        long before = System.currentTimeMillis();
        String id = "id of my own · 1";
        Message got =
                sendAndHandle(clients, Outgoing.of("text").id(id).key("a key").expiresAfter(Duration.ofHours(1)));
        assertThat(got.id()).isEqualTo(id);
        assertThat(got.key()).contains("a key");
        assertThat(got.type()).contains("string");
        assertThat(got.contentType())
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(got.bodyArray()).asString().isEqualTo("text");
        assertThat(got.createdAtMillis()).isBetween(before, System.currentTimeMillis());
        assertThat(got.expiresAtMillis()).isEqualTo(got.createdAtMillis() + 3_600_000);
    }

    private static void nothing(Clients clients) {
        Message got = sendAndHandle(clients, Outgoing.of("x"));
        assertThat(got.key()).isEmpty();
        assertThat(got.correlationId()).isEmpty();
        assertThat(got.causationId()).isEmpty();
        assertThat(got.replyTo()).isEmpty();
        assertThat(got.headers()).isEmpty();
        assertThat(got.expiresAtMillis()).isZero();
        assertThat(got.priority()).isZero();
    }

    private static void empty(Clients clients) {
        assertThat(sendAndHandle(clients, Outgoing.of("")).bodyArray()).isEmpty();
        assertThat(sendBytes(clients, new byte[0])).isEmpty();
    }

    private static void allBytes(Clients clients) {
        byte[] all = new byte[1024];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        assertThat(sendBytes(clients, all)).isEqualTo(all);
    }

    private static byte[] sendBytes(Clients clients, byte[] bytes) {
        QueueSpec<byte[]> spec = clients.queue(byte[].class);
        Queue<byte[]> got = new ConcurrentLinkedQueue<>();
        clients.stopInTheEnd(clients.another().queue(spec).consume(payload -> {
            got.add(payload);
        }));
        clients.client().queue(spec).send(bytes);
        clients.trial().eventually("the bytes arrive", Trial.SIGNAL, () -> !got.isEmpty());
        return got.element();
    }

    private static void wrongHeaders(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Outgoing<String> x = Outgoing.of("x");
        for (String name : List.of("q-mine", "Q-Mine", "content-type", "x-death", " ", "a\nb", "nul\0", "\ud800")) {
            Refused.invalid("header name '" + name + "'", () -> x.header(name, "v"));
        }
        for (String value : List.of("a\r\nb: c", "\u0000", "\u007f", "\udc00")) {
            Refused.invalid("header value '" + value + "'", () -> x.header("h", value));
        }
        Refused.invalid("a blank id", () -> x.id(" "));
        Refused.invalid("an id with a line end", () -> x.id("a\nb"));
        Refused.invalid("a blank key", () -> x.key(""));
        Refused.invalid("text that is no Unicode", () -> queue.send("\ud800"));
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        clients.send(queue, "good");
        runs.exactly("good");
    }
}

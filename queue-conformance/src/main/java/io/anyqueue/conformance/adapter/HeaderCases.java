package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Headers arrive with every legal name and value; what is legal the API's rules say, the same for every broker. */
final class HeaderCases {
    private HeaderCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("SND-7/header-values", "Header values arrive whatever their characters", HeaderCases::values),
                Case.of("SND-7/header-names", "Header names arrive whatever their characters", HeaderCases::names),
                Case.of("SND-7/many-headers", "A hundred headers arrive", HeaderCases::many),
                Case.of("SND-7/large-headers", "32 KiB of headers arrive", HeaderCases::large),
                Case.of("SND-7/provenance-headers", "What a dead letter carries arrives", HeaderCases::provenance),
                Case.of("SND-7/own-headers", "Messages do not share headers", HeaderCases::own));
    }

    private static void values(Trial trial) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("empty", "");
        headers.put("blank", " ");
        headers.put("edges", "  in the middle  ");
        headers.put("separators", "a=b;c=d,e&f|g:h\\i/j");
        headers.put("quotes", "'single' \"double\" `back` «other»");
        headers.put("markup", "<a href=\"x\">&amp;</a> ${x} %s %20 {}");
        headers.put("unicode", "Grüße, 世界, עולם, 🚀, e\u0301");
        headers.put("number", "0042");
        headers.put("boolean", "true");
        headers.put("null", "null");
        headers.put("long", "x".repeat(4_096));
        arrive(trial, headers);
    }

    private static void names(Trial trial) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : List.of(
                "with blank",
                "with=equals",
                "with:colon",
                "with;semicolon,comma",
                "with.dot_underscore-dash",
                "/path?query#fragment",
                "'quoted' \"name\"",
                "$dollar%percent",
                "Größe",
                "世界",
                "🚀",
                "case",
                "Case",
                "id",
                "key",
                "body",
                "1",
                "n".repeat(128))) {
            headers.put(name, "value of " + name);
        }
        arrive(trial, headers);
    }

    private static void many(Trial trial) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            headers.put("header-" + i, "value " + i);
        }
        arrive(trial, headers);
    }

    private static void large(Trial trial) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            headers.put("header-" + i, ("" + i).repeat((32 * 1024 / 4) - "header-0".length()));
        }
        arrive(trial, headers);
    }

    /** The runtime's own names beside the system's fields pass an adapter like any others. */
    private static void provenance(Trial trial) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("q-dlq-reason", "handler failed");
        headers.put("q-dlq-source", "orders");
        headers.put("q-dlq-error-text", "no room: 世界");
        headers.put("q-dlq-attempts", "3");
        headers.put("q-of-a-later-version", "x");
        headers.put("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        arrive(trial, headers);
    }

    private static void arrive(Trial trial, Map<String, String> headers) {
        Spec queue = trial.queue();
        Message sent = trial.build().headers(headers).build();
        trial.sender(queue).confirm(sent);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one(sent);
        Map<String, String> have = delivery.message().headers();
        headers.forEach((name, value) ->
                trial.check(value.equals(have.get(name)), "header '" + name + "' arrived as " + shown(have.get(name))));
        assertThat(have.keySet()).as("header names").hasSameSizeAs(headers.keySet());
        receiver.acked(delivery);
    }

    private static String shown(@Nullable String value) {
        if (value == null) {
            return "nothing";
        }
        return value.length() <= 100 ? "'" + value + "'" : value.length() + " characters";
    }

    private static void own(Trial trial) {
        Spec queue = trial.queue();
        List<Message> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Map<String, String> headers = i % 3 == 0 ? Map.of() : Map.of("only-" + i % 2, "" + i);
            sent.add(trial.build().headers(headers).build());
        }
        trial.sender(queue).confirm(sent);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> delivered = receiver.take(sent.size());
        trial.exactly(sent, delivered);
        for (Delivery delivery : delivered) {
            Message want = sent.stream()
                    .filter(message -> message.id().equals(delivery.message().id()))
                    .findFirst()
                    .orElseThrow();
            assertThat(delivery.message().headers())
                    .as("headers of " + want.id())
                    .isEqualTo(want.headers());
        }
        receiver.acked(delivered);
    }
}

package io.anyqueue.spi.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.History;
import io.anyqueue.Message;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static final byte[] BODY = {0, 1, -1};
    private static final List<String> NUMBERS = List.of(
            "q-time", "q-expires-at", "q-deliver-at", "q-priority", "q-attempts", "q-deliveries", "q-first-failed-at");

    @Property
    void SND_7_gives_back_what_was_written(@ForAll("messages") Message message) {
        Message read = Envelope.message(Envelope.headers(message), message.bodyArray(), "stable");

        assertThat(read).usingRecursiveComparison().isEqualTo(message);
        assertThat(List.copyOf(read.headers().keySet()))
                .isEqualTo(List.copyOf(message.headers().keySet()));
        assertThat(read.bodyArray()).isSameAs(message.bodyArray());
    }

    @Test
    void uses_the_wire_names() {
        Message message = Message.builder("id-1")
                .type("order-placed")
                .contentType("application/json")
                .key("k")
                .correlationId("corr")
                .causationId("cause")
                .replyTo("answers")
                .createdAtMillis(1)
                .deliverAtMillis(2)
                .expiresAtMillis(3)
                .priority(4)
                .history(new History(5, 6, 7))
                .headers(Map.of("user", "x"))
                .build();

        assertThat(Envelope.headers(message))
                .containsExactly(
                        Map.entry("q-id", "id-1"),
                        Map.entry("q-type", "order-placed"),
                        Map.entry("content-type", "application/json"),
                        Map.entry("q-key", "k"),
                        Map.entry("q-correlation-id", "corr"),
                        Map.entry("q-causation-id", "cause"),
                        Map.entry("q-reply-to", "answers"),
                        Map.entry("q-time", "1"),
                        Map.entry("q-deliver-at", "2"),
                        Map.entry("q-expires-at", "3"),
                        Map.entry("q-priority", "4"),
                        Map.entry("q-attempts", "5"),
                        Map.entry("q-deliveries", "6"),
                        Map.entry("q-first-failed-at", "7"),
                        Map.entry("user", "x"));
    }

    @Test
    void writes_only_what_is_set() {
        assertThat(Envelope.headers(Message.builder("1").build())).containsExactly(Map.entry("q-id", "1"));
    }

    @Test
    void a_header_cannot_replace_a_field() {
        Message message = Message.builder("real")
                .headers(Map.of("q-id", "forged", "q-attempts", "9", "content-type", "x"))
                .build();

        assertThat(Envelope.headers(message)).containsExactly(Map.entry("q-id", "real"));
    }

    @Test
    void keeps_provenance_and_headers_of_later_versions() {
        Map<String, String> headers = Map.of("q-dlq-reason", "EXHAUSTED", "q-dlq-at", "1", "q-shiny", "x");
        Message dead = Message.builder("1").headers(headers).build();

        Message read = Envelope.message(Envelope.headers(dead), BODY, "stable");

        assertThat(read.headers()).isEqualTo(headers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "-1",
                "+1",
                "1.0",
                "1e3",
                "0x1",
                " 1",
                "١",
                "9223372036854775808",
                "99999999999999999999"
            })
    void RCV_7_takes_a_broken_number_for_absent(String broken) {
        Map<String, String> wire = new HashMap<>();
        NUMBERS.forEach(name -> wire.put(name, broken));

        Message read = Envelope.message(wire, BODY, "stable");

        assertThat(read)
                .usingRecursiveComparison()
                .isEqualTo(Message.builder("stable").body(BODY).build());
    }

    @Test
    void takes_the_largest_numbers_and_none_above() {
        Map<String, String> wire = new HashMap<>();
        NUMBERS.forEach(name -> wire.put(name, "2147483647"));
        Message largest = Envelope.message(wire, BODY, "stable");
        assertThat(largest.priority()).isEqualTo(Integer.MAX_VALUE);
        assertThat(largest.history()).isEqualTo(new History(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));

        NUMBERS.forEach(name -> wire.put(name, "2147483648"));
        Message above = Envelope.message(wire, BODY, "stable");
        assertThat(above.priority()).isZero();
        assertThat(above.history()).isEqualTo(new History(0, 0, 2147483648L));

        assertThat(Envelope.message(Map.of("q-time", "9223372036854775807"), BODY, "s")
                        .createdAtMillis())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void RCV_7_gives_a_foreign_message_the_stable_id() {
        assertThat(id(Map.of())).isEqualTo("stable");
        assertThat(id(Map.of("q-id", ""))).isEqualTo("stable");
        assertThat(id(Map.of("q-id", " \t"))).isEqualTo("stable");
        assertThat(id(Map.of("q-id", "a\nb"))).isEqualTo("stable");
        assertThat(id(Map.of("q-id", "a\ud83d"))).isEqualTo("stable");
        assertThat(id(Map.of("q-id", "a\ud83d\ude00"))).isEqualTo("a\ud83d\ude00");
        assertThat(id(Map.of("q-id", "x".repeat(257)))).isEqualTo("stable");
        assertThat(id(Map.of("q-id", "x".repeat(256)))).isEqualTo("x".repeat(256));
    }

    @Test
    void RCV_7_survives_nulls_and_many_headers() {
        Map<String, String> wire = new LinkedHashMap<>();
        wire.put("q-id", null);
        wire.put("q-time", null);
        wire.put("user", null);
        wire.put(null, "x");
        for (int i = 0; i < 10_000; i++) {
            wire.put("h" + i, "v" + i);
        }

        Message read = Envelope.message(wire, BODY, "stable");

        assertThat(read.id()).isEqualTo("stable");
        assertThat(read.headers()).hasSize(10_000).containsEntry("h9999", "v9999");
    }

    @Property(tries = 5000)
    void RCV_7_never_fails(@ForAll("hostile") Map<String, String> wire) {
        Message read = Envelope.message(wire, BODY, "stable");

        assertThat(read.id()).isNotBlank();
        assertThat(read.createdAtMillis()).isNotNegative();
        assertThat(read.deliverAtMillis()).isNotNegative();
        assertThat(read.expiresAtMillis()).isNotNegative();
        assertThat(read.priority()).isNotNegative();
        assertThat(read.bodyArray()).isSameAs(BODY);
    }

    @Provide
    Arbitrary<Message> messages() {
        Arbitrary<String> optional = texts().injectNull(0.3);
        Arbitrary<Long> times = Arbitraries.longs().between(0, Long.MAX_VALUE).edgeCases(edges -> edges.add(0L, 1L));
        Arbitrary<Integer> counts = Arbitraries.integers().greaterOrEqual(0);
        Arbitrary<String> names =
                texts().filter(name -> !name.isEmpty()).map(name -> name.startsWith("q-") ? "x" : name);
        Arbitrary<Message.Builder> texts = Combinators.combine(
                        ids(), optional, optional, optional, optional, optional, optional)
                .as((id, type, contentType, key, correlation, causation, replyTo) -> Message.builder(id)
                        .type(type)
                        .contentType(contentType)
                        .key(key)
                        .correlationId(correlation)
                        .causationId(causation)
                        .replyTo(replyTo));
        Arbitrary<History> histories =
                Combinators.combine(counts, counts, times).as(History::new);
        return Combinators.combine(
                        texts,
                        times,
                        times,
                        times,
                        counts,
                        histories,
                        Arbitraries.maps(names, texts()).ofMaxSize(8),
                        texts().map(text -> text.getBytes(StandardCharsets.UTF_8)))
                .as((builder, created, deliver, expires, priority, history, headers, body) -> builder.createdAtMillis(
                                created)
                        .deliverAtMillis(deliver)
                        .expiresAtMillis(expires)
                        .priority(priority)
                        .history(history)
                        .headers(headers)
                        .body(body)
                        .build());
    }

    @Provide
    Arbitrary<Map<String, String>> hostile() {
        Arbitrary<String> names = Arbitraries.oneOf(
                Arbitraries.of(Envelope.headers(full()).keySet()),
                Arbitraries.strings().ofMaxLength(5));
        Arbitrary<String> values = Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(300),
                Arbitraries.strings().numeric().ofMaxLength(25),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.randomValue(EnvelopeTest::bitFlippedNumber));
        return Arbitraries.maps(names, values.injectNull(0.1)).ofMaxSize(20);
    }

    private static String bitFlippedNumber(Random random) {
        char[] digits = Long.toString(random.nextLong()).toCharArray();
        digits[random.nextInt(digits.length)] ^= (char) (1 << random.nextInt(16));
        return new String(digits);
    }

    private static Message full() {
        return Message.builder("1")
                .type("")
                .contentType("")
                .key("")
                .correlationId("")
                .causationId("")
                .replyTo("")
                .createdAtMillis(1)
                .deliverAtMillis(1)
                .expiresAtMillis(1)
                .priority(1)
                .history(new History(1, 1, 1))
                .build();
    }

    /** Any Unicode but control characters and halves of surrogate pairs, which are refused before they come here. */
    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .ofMaxLength(20)
                .map(text -> text.replaceAll("[\\p{Cntrl}\\p{Cs}\u0080-\u009f]", ""))
                .edgeCases(edges -> edges.add("", "e\u0301", "\u00e9", "😀", "שלום"));
    }

    private static Arbitrary<String> ids() {
        return texts().filter(id -> !id.isBlank());
    }

    private static String id(Map<String, String> wire) {
        return Envelope.message(wire, BODY, "stable").id();
    }
}

package io.anyqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingTest {
    private static final Outgoing<String> PLAIN = Outgoing.of("payload");

    @Test
    void a_plain_message_has_no_options() {
        assertThat(PLAIN.payload()).isEqualTo("payload");
        assertThat(PLAIN.id()).isEmpty();
        assertThat(PLAIN.key()).isEmpty();
        assertThat(PLAIN.delay()).isEmpty();
        assertThat(PLAIN.deliverAt()).isEmpty();
        assertThat(PLAIN.expiresAfter()).isEmpty();
        assertThat(PLAIN.priority()).isZero();
        assertThat(PLAIN.headers()).isEmpty();
    }

    @Test
    void each_option_gives_a_new_message_and_keeps_the_others() {
        Outgoing<String> full = PLAIN.id("id")
                .key("key")
                .deliverAt(Instant.EPOCH)
                .delay(Duration.ofSeconds(1))
                .expiresAfter(Duration.ofSeconds(2))
                .header("a", "1")
                .priority(3)
                .header("b", "2");

        assertThat(full.id()).contains("id");
        assertThat(full.key()).contains("key");
        assertThat(full.delay()).contains(Duration.ofSeconds(1));
        assertThat(full.deliverAt()).isEmpty();
        assertThat(full.expiresAfter()).contains(Duration.ofSeconds(2));
        assertThat(full.priority()).isEqualTo(3);
        assertThat(full.headers()).hasToString("{a=1, b=2}");
        a_plain_message_has_no_options();
    }

    @Test
    void the_last_of_delay_and_time_counts() {
        Outgoing<String> timed = PLAIN.delay(Duration.ofSeconds(1)).deliverAt(Instant.EPOCH);

        assertThat(timed.delay()).isEmpty();
        assertThat(timed.deliverAt()).contains(Instant.EPOCH);
    }

    @Test
    void row_1_refuses_a_null_payload() {
        Refused.invalid(() -> Outgoing.of(null)).isEqualTo("payload is null; use an empty payload");
    }

    @Test
    void row_2_takes_an_empty_payload() {
        assertThat(Outgoing.of(new byte[0]).payload()).isEmpty();
        assertThat(Outgoing.of("").payload()).isEmpty();
    }

    @Test
    void row_22_refuses_negative_and_overflowing_times() {
        Refused.invalid(() -> PLAIN.delay(Duration.ofNanos(-1))).contains("delay is negative");
        Refused.invalid(() -> PLAIN.delay(Duration.ofSeconds(Long.MIN_VALUE))).contains("delay is out of range");
        Refused.invalid(() -> PLAIN.delay(Duration.ofSeconds(Long.MAX_VALUE))).contains("delay is out of range");
        Refused.invalid(() -> PLAIN.delay(null)).isEqualTo("delay is null");
        Refused.invalid(() -> PLAIN.deliverAt(Instant.MAX)).contains("deliverAt is out of range");
        Refused.invalid(() -> PLAIN.deliverAt(Instant.MIN)).contains("deliverAt is out of range");
        Refused.invalid(() -> PLAIN.deliverAt(null)).isEqualTo("deliverAt is null");
        assertThat(PLAIN.delay(Duration.ofMillis(Long.MAX_VALUE)).delay()).isPresent();
    }

    @Test
    void row_24_takes_the_smallest_delays() {
        assertThat(PLAIN.delay(Duration.ZERO).delay()).contains(Duration.ZERO);
        assertThat(PLAIN.delay(Duration.ofNanos(1)).delay()).contains(Duration.ofNanos(1));
    }

    @Test
    void row_25_refuses_a_time_to_live_of_nothing() {
        Refused.invalid(() -> PLAIN.expiresAfter(Duration.ZERO)).contains("expiresAfter must be more than zero");
        Refused.invalid(() -> PLAIN.expiresAfter(Duration.ofMillis(-1)))
                .contains("expiresAfter must be more than zero");
        Refused.invalid(() -> PLAIN.expiresAfter(Duration.ofSeconds(Long.MAX_VALUE)))
                .contains("out of range");
    }

    @Test
    void row_26_refuses_a_negative_priority() {
        Refused.invalid(() -> PLAIN.priority(-1)).isEqualTo("priority must be 0 or more, is -1");
    }

    @Test
    void row_27_refuses_an_id_or_key_that_no_broker_could_carry() {
        Refused.invalid(() -> PLAIN.key(null)).isEqualTo("key is null");
        Refused.invalid(() -> PLAIN.key("")).isEqualTo("key is blank");
        Refused.invalid(() -> PLAIN.key("a\nb")).contains("key", "U+000A");
        Refused.invalid(() -> PLAIN.key("\ud83d")).contains("key is not valid Unicode");
        Refused.invalid(() -> PLAIN.id(null)).isEqualTo("id is null");
        Refused.invalid(() -> PLAIN.id(" ")).isEqualTo("id is blank");
        Refused.invalid(() -> PLAIN.id("x".repeat(129))).isEqualTo("id has 129 characters, the limit is 128");
        assertThat(PLAIN.id("x".repeat(128)).id()).isPresent();
    }

    @Test
    void row_7_keeps_unicode_as_it_is() {
        Outgoing<String> message = PLAIN.header("emoji", "😀")
                .header("rtl", "שלום")
                .header("nfc", "\u00e9")
                .header("nfd", "e\u0301");

        assertThat(message.headers().values()).containsExactly("😀", "שלום", "\u00e9", "e\u0301");
    }

    @Test
    void row_8_refuses_a_header_without_a_name() {
        Refused.invalid(() -> PLAIN.header(null, "x")).isEqualTo("header name is null");
        Refused.invalid(() -> PLAIN.header("", "x")).isEqualTo("header name is blank");
        Refused.invalid(() -> PLAIN.header("\u2003", "x")).isEqualTo("header name is blank");
    }

    @Test
    void row_9_limits_header_names_in_bytes() {
        assertThat(PLAIN.header("x".repeat(128), "").headers()).hasSize(1);
        Refused.invalid(() -> PLAIN.header("x".repeat(129), "")).contains("129 bytes", "128");
        Refused.invalid(() -> PLAIN.header("ä".repeat(65), "")).contains("130 bytes");
        Refused.invalid(() -> PLAIN.header("€".repeat(43), "")).contains("129 bytes");
        Refused.invalid(() -> PLAIN.header("😀".repeat(33), "")).contains("132 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a:b", "ä", "😀", "Q", "xq-y", "awsome"})
    void row_10_takes_unusual_header_names(String name) {
        assertThat(PLAIN.header(name, "x").headers()).containsOnlyKeys(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\u0000b", "a\u007fb", "a\u0085b", "a\tb"})
    void row_10_refuses_control_characters(String text) {
        Refused.invalid(() -> PLAIN.header(text, "x"))
                .contains("header name", "U+00")
                .doesNotContain(text);
        Refused.invalid(() -> PLAIN.header("name", text))
                .contains("'name'", "at index 1")
                .doesNotContain(text);
        Refused.invalid(() -> PLAIN.header(text, null)).doesNotContain(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"AWS.x", "Amazon.x", "amq.", "x-death", "X-Delivery-Count", "q-id", "Q-dlq-at", "Content-Type"})
    void row_11_refuses_reserved_header_names(String name) {
        Refused.invalid(() -> PLAIN.header(name, "x")).contains("'" + name + "' is reserved");
    }

    @Test
    void row_12_refuses_a_null_value() {
        Refused.invalid(() -> PLAIN.header("name", null)).isEqualTo("value of header 'name' is null");
        assertThat(PLAIN.header("name", "").headers()).containsEntry("name", "");
    }

    @Test
    void refuses_half_a_character() {
        Refused.invalid(() -> PLAIN.header("name", "a\ud83d")).contains("'name' is not valid Unicode", "index 1");
        Refused.invalid(() -> PLAIN.header("\udc00", "a")).contains("header name is not valid Unicode");
    }

    @Test
    void row_13_takes_many_headers() {
        Outgoing<String> message = PLAIN;
        for (int i = 0; i < 3000; i++) {
            message = message.header("h" + i, "v");
        }

        assertThat(message.headers()).hasSize(3000);
    }

    @Test
    void row_14_limits_all_headers_together() {
        Outgoing<String> full = PLAIN.header("a", "x".repeat(32 * 1024 - 1));

        Refused.with(ErrorCode.TOO_LARGE, () -> full.header("b", "")).contains("32769", "32768");
        Refused.with(ErrorCode.TOO_LARGE, () -> PLAIN.header("a", "x".repeat(200 * 1024)))
                .contains("204801");
        Refused.with(ErrorCode.TOO_LARGE, () -> PLAIN.header("a", "€".repeat(10_923)));
        assertThat(full.header("a", "").header("b", "y".repeat(32 * 1024 - 2)).headers())
                .hasSize(2);
    }
}

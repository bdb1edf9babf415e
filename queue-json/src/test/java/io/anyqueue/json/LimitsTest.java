package io.anyqueue.json;

import static io.anyqueue.json.Payloads.bytes;
import static io.anyqueue.json.Refused.assertUndecodable;
import static io.anyqueue.json.Refused.assertUnencodable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.anyqueue.json.Payloads.Anything;
import io.anyqueue.json.Payloads.Count;
import io.anyqueue.json.Payloads.Decimal;
import io.anyqueue.json.Payloads.Fraction;
import io.anyqueue.json.Payloads.Line;
import io.anyqueue.json.Payloads.Text;
import io.anyqueue.json.Payloads.Times;
import io.anyqueue.json.Payloads.Whole;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Limits are the same in both directions: what is encoded can be decoded. */
@Timeout(30)
class LimitsTest {
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    private final JsonCodec codec = new JsonCodec();

    record Prices(Map<BigDecimal, Integer> values) {}

    @Test
    void nesting_up_to_the_limit() {
        Object deepest = codec.decode(nested(100), Object.class);

        assertThat(codec.encode(deepest)).isEqualTo(nested(100));
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 1_000_000})
    void deeper_nesting_is_refused(int depth) {
        for (Class<?> type : List.of(Object.class, JsonNode.class, Anything.class)) {
            assertUndecodable(codec, nested(depth), type);
        }
        assertUndecodable(codec, nested(depth), Object.class)
                .hasMessageContaining("(101)")
                .hasMessageContaining("(100,");
        assertUndecodable(codec, "{\"unknown\":" + "[".repeat(depth), Count.class)
                .hasMessageContaining("(100,");
    }

    @Test
    void a_payload_that_is_nested_deeper_or_holds_itself_is_refused() {
        Object[] itself = new Object[1];
        itself[0] = itself;

        assertUnencodable(codec, List.of(codec.decode(nested(100), Object.class)))
                .hasMessageContaining("(101)")
                .hasMessageContaining("(100,");
        assertUnencodable(codec, itself).hasMessageContaining("(100,");
    }

    @Test
    void a_document_up_to_the_limit() {
        Text largest = new Text("x".repeat(MAX_BYTES - "{\"value\":\"\"}".length()));

        byte[] body = codec.encode(largest);

        assertThat(body).hasSize(MAX_BYTES);
        assertThat(codec.decode(body, Text.class).equals(largest)).isTrue();
    }

    @Test
    void a_larger_document_is_refused() {
        String limit = "it has " + (MAX_BYTES + 1) + " bytes, the limit is " + MAX_BYTES;

        assertUndecodable(codec, new byte[MAX_BYTES + 1], Text.class).hasMessageContaining(limit);
        assertUnencodable(codec, new Text("x".repeat(MAX_BYTES - 11))).hasMessageContaining(limit);
    }

    @Test
    void numbers_up_to_the_limit() {
        Decimal longest = new Decimal(new BigDecimal("9".repeat(999) + ".5").setScale(0, java.math.RoundingMode.DOWN));
        Decimal largest = new Decimal(new BigDecimal("1E+1000"));

        assertThat(codec.decode(codec.encode(longest), Decimal.class)).isEqualTo(longest);
        assertThat(codec.decode(codec.encode(largest), Decimal.class)).isEqualTo(largest);
    }

    @Test
    void longer_numbers_are_refused() {
        String digits = "9".repeat(1_001);
        for (Class<?> type :
                List.of(Count.class, Decimal.class, Whole.class, Fraction.class, Anything.class, JsonNode.class)) {
            assertUndecodable(codec, "{\"value\":" + digits + "}", type)
                    .hasMessageContaining("has 1001 characters, the limit is 1000");
            assertUndecodable(codec, "{\"ignored\":0." + digits + "}", type);
        }
        assertUnencodable(codec, new Whole(new BigInteger(digits))).hasMessageContaining("the limit is 1000");
        assertUnencodable(codec, new Decimal(new BigDecimal("1E+1001"))).hasMessageContaining("exponent of 1001");
        assertUnencodable(codec, new Decimal(new BigDecimal("1E-100000"))).hasMessageContaining("exponent of 100000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e100000000",
                "-1E+100000000",
                "1.5e-100000000",
                "1e99999999999999999999",
                "1e18446744073709551616",
                "0e1001",
                "1e1001",
                "[\"\\\"\",1e1001]",
                "{\"\\\\\":1e1001}"
            })
    void numbers_that_would_be_huge_when_used_are_refused_at_once(String number) {
        List<Class<?>> types = List.of(
                Count.class, Decimal.class, Whole.class, Fraction.class, Times.class, Anything.class, JsonNode.class);
        for (Class<?> type : types) {
            for (String property : List.of("value", "instant", "duration", "ignored")) {
                String json = "{\"" + property + "\":" + number + "}";
                assertTimeoutPreemptively(
                        Duration.ofSeconds(5),
                        () -> assertUndecodable(codec, json, type).hasMessageContaining("exponent"));
            }
        }
    }

    @Test
    void huge_numbers_do_not_hide_in_text() {
        assertUndecodable(codec, "{\"value\":\"1e100000000\"}", Decimal.class);
        assertUndecodable(codec, "{\"value\":\"" + "9".repeat(100_000) + "\"}", Whole.class);
        assertUndecodable(codec, "{\"values\":{\"1e100000000\":1}}", Prices.class)
                .hasMessageContaining("exponent");
        assertUndecodable(codec, "{\"values\":{\"one\":1}}", Prices.class);
        assertUnencodable(codec, new Prices(Map.of(new BigDecimal("1E+1001"), 1)))
                .hasMessageContaining("exponent");
        assertThat(codec.decode(bytes("{\"value\":\"1e100000000\"}"), Text.class))
                .isEqualTo(new Text("1e100000000"));
    }

    @Test
    void decimals_as_keys_keep_value_and_scale() {
        Prices prices = new Prices(Map.of(new BigDecimal("1.50"), 1, new BigDecimal("1E+3"), 2));

        assertThat(codec.decode(codec.encode(prices), Prices.class)).isEqualTo(prices);
    }

    @Test
    void long_names_are_refused() {
        String name = "n".repeat(50_001);

        assertUndecodable(codec, "{\"" + name + "\":1}", Line.class).hasMessageContaining("(50000,");
    }

    @Test
    void the_limits_can_be_others() {
        JsonCodec small = new JsonCodec(JsonCodec.mapperBuilder(JsonCodec.limits()
                        .rebuild()
                        .maxDocumentLength(10)
                        .maxNestingDepth(2)
                        .maxNumberLength(3)
                        .build())
                .build());

        assertUndecodable(small, "[         ]", Object.class).hasMessageContaining("the limit is 10");
        assertUndecodable(small, "[[[]]]", Object.class);
        assertUndecodable(small, "1234", Object.class);
        assertUndecodable(small, "1e9", Integer.class);
        assertUnencodable(small, List.of(List.of(List.of())));
        assertUnencodable(small, 1234);
    }

    private static byte[] nested(int depth) {
        return bytes("[".repeat(depth) + "]".repeat(depth));
    }
}

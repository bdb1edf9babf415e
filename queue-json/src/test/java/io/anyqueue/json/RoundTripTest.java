package io.anyqueue.json;

import static io.anyqueue.json.Payloads.bytes;
import static io.anyqueue.json.Payloads.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.json.Payloads.Anything;
import io.anyqueue.json.Payloads.Currency;
import io.anyqueue.json.Payloads.Fraction;
import io.anyqueue.json.Payloads.Line;
import io.anyqueue.json.Payloads.Money;
import io.anyqueue.json.Payloads.Nothing;
import io.anyqueue.json.Payloads.Order;
import io.anyqueue.json.Payloads.Page;
import io.anyqueue.json.Payloads.Placed;
import io.anyqueue.json.Payloads.Text;
import io.anyqueue.json.Payloads.Times;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class RoundTripTest {
    private static final Line LINE = new Line("A-1", 3, new Money(new BigDecimal("19.90"), Currency.USD));

    private final JsonCodec codec = new JsonCodec();

    static Stream<Object> payloads() {
        Order order = new Order(
                "o-1",
                Instant.parse("2026-02-28T23:59:59.123456789Z"),
                Optional.of("naïve 🚚"),
                List.of(LINE, LINE),
                Map.of("DE", new BigDecimal("3.178")),
                new Page<>(List.of(LINE)),
                BigInteger.TWO.pow(200));
        Order empty = new Order(
                "o-2", Instant.EPOCH, Optional.empty(), List.of(), Map.of(), new Page<>(List.of()), BigInteger.ZERO);
        return Stream.of(
                order,
                empty,
                new Nothing(),
                new Placed("o-1"),
                new Text("\u0000\"\\/ \u2028 😀"),
                new Text(null),
                new Text("lone \ud800 surrogate"),
                new Fraction(Double.MIN_VALUE),
                new Fraction(Double.NaN),
                Currency.EUR,
                42,
                -7L,
                true,
                UUID.randomUUID(),
                Instant.parse("+12345-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void decodes_what_it_encoded(Object payload) {
        assertThat(codec.decode(codec.encode(payload), payload.getClass())).isEqualTo(payload);
    }

    static Stream<Times> times() {
        Instant instant = Instant.parse("2026-02-28T23:59:59.000000001Z");
        return Stream.of("Europe/Berlin", "UTC", "Z", "+05:30", "GMT+2")
                .map(zone -> new Times(
                        instant,
                        Duration.ofSeconds(-3, 1),
                        LocalDate.of(2026, 2, 28),
                        OffsetDateTime.parse("2026-02-28T23:59:59.5+02:00"),
                        ZonedDateTime.ofInstant(instant, ZoneId.of(zone)),
                        ZoneId.of(zone)));
    }

    @ParameterizedTest
    @MethodSource("times")
    void times_keep_nanoseconds_offset_and_zone(Times times) {
        assertThat(codec.decode(codec.encode(times), Times.class)).isEqualTo(times);
    }

    @Test
    void times_are_iso_text() {
        Times times = times().findFirst().orElseThrow();

        assertThat(text(codec.encode(times)))
                .contains("\"instant\":\"2026-02-28T23:59:59.000000001Z\"")
                .contains("\"duration\":\"PT-2.999999999S\"")
                .contains("\"date\":\"2026-02-28\"")
                .contains("\"offset\":\"2026-02-28T23:59:59.5+02:00\"")
                .contains("\"zoned\":\"2026-03-01T00:59:59.000000001+01:00[Europe/Berlin]\"")
                .contains("\"zone\":\"Europe/Berlin\"");
    }

    @Test
    void the_wire_is_plain_json() {
        assertThat(text(codec.encode(LINE)))
                .isEqualTo("{\"sku\":\"A-1\",\"quantity\":3,\"price\":{\"amount\":19.90,\"currency\":\"USD\"}}");
    }

    @Test
    void an_enum_constant_with_a_body_decodes_as_its_enum() {
        assertThat(codec.decode(codec.encode(Currency.USD), Currency.class)).isSameAs(Currency.USD);
    }

    @Test
    void decimals_in_untyped_places_are_exact() {
        byte[] body = bytes("{\"value\":{\"a\":[0.10,1E+3,100000000000000000001]}}");

        assertThat(codec.decode(body, Anything.class).value())
                .isEqualTo(Map.of(
                        "a",
                        List.of(
                                new BigDecimal("0.10"),
                                new BigDecimal("1E+3"),
                                new BigInteger("100000000000000000001"))));
        assertThat(codec.decode(body, JsonNode.class).at("/value/a/0").decimalValue())
                .isEqualTo(new BigDecimal("0.10"));
        assertThat(codec.encode(codec.decode(body, JsonNode.class))).isEqualTo(body);
    }
}

package io.anyqueue.json;

import io.anyqueue.MessageType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Payload classes of the tests. */
final class Payloads {
    private Payloads() {}

    static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    enum Currency {
        EUR,
        USD {
            @Override
            public String toString() {
                return "US dollar";
            }
        }
    }

    record Money(BigDecimal amount, Currency currency) {}

    record Line(String sku, int quantity, Money price) {}

    record Page<T>(List<T> items) {}

    record Order(
            String id,
            Instant at,
            Optional<String> note,
            List<Line> lines,
            Map<String, BigDecimal> taxes,
            Page<Line> gifts,
            BigInteger serial) {}

    record Times(
            Instant instant,
            Duration duration,
            LocalDate date,
            OffsetDateTime offset,
            ZonedDateTime zoned,
            ZoneId zone) {}

    record Count(int value) {}

    record Text(String value) {}

    record Decimal(BigDecimal value) {}

    record Whole(BigInteger value) {}

    record Fraction(double value) {}

    record Anything(Object value) {}

    record Nothing() {}

    sealed interface Event permits Placed, Cancelled, Shipment {}

    record Placed(String order) implements Event {}

    @MessageType("order-cancelled")
    record Cancelled() implements Event {}

    sealed interface Shipment extends Event permits Sent, Lost {}

    record Sent(String order, BigDecimal weight) implements Shipment {}

    enum Lost implements Shipment {
        AT_SEA,
        ON_LAND {
            @Override
            public String toString() {
                return "on land";
            }
        }
    }

    record Log(
            Event last, List<Event> all, Map<String, Shipment> byOrder, Optional<Event> next, List<Event[]> arrays) {}

    sealed interface Result<T> permits Ok, Failed {}

    record Ok<T>(T value) implements Result<T> {}

    record Failed<T>(String why) implements Result<T> {}

    record Outcome(Result<Line> result) {}

    /** Sealed, but not abstract: an instance of the class itself is a leaf, too. */
    static sealed class Shape permits Circle {
        public String name = "";
    }

    static final class Circle extends Shape {
        public int radius;
    }

    record Drawing(Shape shape) {}
}

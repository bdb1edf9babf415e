package io.anyqueue.samples.orders;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes an order of a line of JSON. It reads a tree rather than binding to the records, so that what is wrong with a line can
 * be said in the words of the input. Safe for use by any thread.
 */
final class OrderParser {
    private static final int MAX_ID = 128;
    private static final int MAX_DIGITS = 18;

    private final JsonMapper mapper = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /**
     * Parses a line.
     *
     * @param json the line
     * @return the order
     * @throws MalformedOrderException if it is none
     */
    Order parse(String json) throws MalformedOrderException {
        JsonNode root;
        try {
            root = mapper.readTree(json);
        } catch (JacksonException e) {
            throw new MalformedOrderException("not JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new MalformedOrderException("not a JSON object");
        }
        return new Order(
                orderId(root), text(root, "customerId"), text(root, "country"), instant(root, "placedAt"), lines(root));
    }

    private static String orderId(JsonNode root) throws MalformedOrderException {
        String id = text(root, "orderId");
        if (id == null || id.isBlank()) {
            throw new MalformedOrderException("orderId is missing");
        }
        if (id.length() > MAX_ID) {
            throw new MalformedOrderException("orderId has " + id.length() + " characters, the limit is " + MAX_ID);
        }
        if (id.chars().anyMatch(Character::isISOControl)) {
            throw new MalformedOrderException("orderId has a control character");
        }
        return id;
    }

    private static List<OrderLine> lines(JsonNode root) throws MalformedOrderException {
        JsonNode lines = root.path("lines");
        if (!lines.isArray() || lines.isEmpty()) {
            throw new MalformedOrderException("lines is not an array of one or more");
        }
        List<OrderLine> result = new ArrayList<>(lines.size());
        for (JsonNode line : lines) {
            if (!line.isObject()) {
                throw new MalformedOrderException("a line is not a JSON object");
            }
            result.add(new OrderLine(text(line, "sku"), text(line, "description"), quantity(line), unitPrice(line)));
        }
        return result;
    }

    private static int quantity(JsonNode line) throws MalformedOrderException {
        JsonNode value = line.path("quantity");
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new MalformedOrderException("quantity is not an integer of 32 bits: " + value);
        }
        return value.intValue();
    }

    /** Digits are bounded, or a short number such as 1E999999999 would take all memory as soon as it is added to another. */
    private static BigDecimal unitPrice(JsonNode line) throws MalformedOrderException {
        JsonNode value = line.path("unitPrice");
        if (!value.isNumber()) {
            throw new MalformedOrderException("unitPrice is not a number: " + value);
        }
        BigDecimal price = value.decimalValue();
        if (price.scale() > MAX_DIGITS || (long) price.precision() - price.scale() > MAX_DIGITS) {
            throw new MalformedOrderException(
                    "unitPrice has more than " + MAX_DIGITS + " digits before or after the point: " + value);
        }
        return price.scale() < 0 ? price.setScale(0) : price;
    }

    private static @Nullable Instant instant(JsonNode node, String field) throws MalformedOrderException {
        String text = text(node, field);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new MalformedOrderException(field + " is no time such as 2010-12-01T08:26:00Z: " + text, e);
        }
    }

    private static @Nullable String text(JsonNode node, String field) throws MalformedOrderException {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw new MalformedOrderException(field + " is not a string: " + value);
        }
        return value.stringValue();
    }
}

package io.anyqueue.spi.support;

import io.anyqueue.History;
import io.anyqueue.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The wire names and forms of a message's fields. Numbers are written in decimal, and a field that is not set is not
 * written. What else begins with {@code q-} (the provenance of dead letters, names of a later version) is an ordinary
 * header.
 */
final class EnvelopeFormat {
    /** Room for an id of any producer; what is longer is no id but an attack. */
    static final int MAX_ID_LENGTH = 256;

    private static final String ID = "q-id";
    private static final String TYPE = "q-type";
    private static final String TIME = "q-time";
    private static final String KEY = "q-key";
    private static final String CORRELATION_ID = "q-correlation-id";
    private static final String CAUSATION_ID = "q-causation-id";
    private static final String REPLY_TO = "q-reply-to";
    private static final String EXPIRES_AT = "q-expires-at";
    private static final String DELIVER_AT = "q-deliver-at";
    private static final String PRIORITY = "q-priority";
    private static final String CONTENT_TYPE = "content-type";
    private static final String ATTEMPTS = "q-attempts";
    private static final String DELIVERIES = "q-deliveries";
    private static final String FIRST_FAILED_AT = "q-first-failed-at";

    private static final Set<String> OWN = Set.of(
            ID,
            TYPE,
            TIME,
            KEY,
            CORRELATION_ID,
            CAUSATION_ID,
            REPLY_TO,
            EXPIRES_AT,
            DELIVER_AT,
            PRIORITY,
            CONTENT_TYPE,
            ATTEMPTS,
            DELIVERIES,
            FIRST_FAILED_AT);

    private EnvelopeFormat() {}

    static Map<String, String> write(Message message) {
        Map<String, String> wire = new LinkedHashMap<>();
        wire.put(ID, message.id());
        put(wire, TYPE, message.type());
        put(wire, CONTENT_TYPE, message.contentType());
        put(wire, KEY, message.key());
        put(wire, CORRELATION_ID, message.correlationId());
        put(wire, CAUSATION_ID, message.causationId());
        put(wire, REPLY_TO, message.replyTo());
        put(wire, TIME, message.createdAtMillis());
        put(wire, DELIVER_AT, message.deliverAtMillis());
        put(wire, EXPIRES_AT, message.expiresAtMillis());
        put(wire, PRIORITY, message.priority());
        put(wire, ATTEMPTS, message.history().attempts());
        put(wire, DELIVERIES, message.history().deliveries());
        put(wire, FIRST_FAILED_AT, message.history().firstFailedAtMillis());
        message.headers().forEach((name, value) -> {
            if (!OWN.contains(name)) {
                wire.put(name, value);
            }
        });
        return wire;
    }

    static Message read(Map<String, String> wire, byte[] body, String stableId) {
        return Message.builder(id(wire.get(ID), stableId))
                .type(wire.get(TYPE))
                .contentType(wire.get(CONTENT_TYPE))
                .key(wire.get(KEY))
                .correlationId(wire.get(CORRELATION_ID))
                .causationId(wire.get(CAUSATION_ID))
                .replyTo(wire.get(REPLY_TO))
                .createdAtMillis(number(wire.get(TIME), Long.MAX_VALUE))
                .deliverAtMillis(number(wire.get(DELIVER_AT), Long.MAX_VALUE))
                .expiresAtMillis(number(wire.get(EXPIRES_AT), Long.MAX_VALUE))
                .priority((int) number(wire.get(PRIORITY), Integer.MAX_VALUE))
                .history(history(wire))
                .headers(others(wire))
                .body(body)
                .build();
    }

    private static History history(Map<String, String> wire) {
        int attempts = (int) number(wire.get(ATTEMPTS), Integer.MAX_VALUE);
        int deliveries = (int) number(wire.get(DELIVERIES), Integer.MAX_VALUE);
        long firstFailedAt = number(wire.get(FIRST_FAILED_AT), Long.MAX_VALUE);
        boolean none = attempts == 0 && deliveries == 0 && firstFailedAt == 0;
        return none ? History.NONE : new History(attempts, deliveries, firstFailedAt);
    }

    private static Map<String, String> others(Map<String, String> wire) {
        Map<String, String> others = new LinkedHashMap<>();
        wire.forEach((name, value) -> {
            if (name != null && value != null && !OWN.contains(name)) {
                others.put(name, value);
            }
        });
        return others;
    }

    private static void put(Map<String, String> wire, String name, Optional<String> value) {
        value.ifPresent(text -> wire.put(name, text));
    }

    private static void put(Map<String, String> wire, String name, long value) {
        if (value > 0) {
            wire.put(name, Long.toString(value));
        }
    }

    private static String id(@Nullable String id, String stableId) {
        if (id == null || id.isBlank() || id.length() > MAX_ID_LENGTH) {
            return stableId;
        }
        return id.codePoints().anyMatch(EnvelopeFormat::cannotTravel) ? stableId : id;
    }

    /** A copy of the message would have another id: half of a surrogate pair has no form in UTF-8. */
    private static boolean cannotTravel(int codePoint) {
        return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
    }

    /** {@return a number of plain digits; 0 if it is none or above the maximum} */
    private static long number(@Nullable String text, long max) {
        if (text == null || text.isEmpty() || text.length() > 19) {
            return 0;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (max - digit) / 10) {
                return 0;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}

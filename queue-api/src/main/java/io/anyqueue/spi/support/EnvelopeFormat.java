package io.anyqueue.spi.support;

import io.anyqueue.History;
import io.anyqueue.Message;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The wire names and forms of a message's fields. Numbers are written in decimal, and a field that is not set is not
 * written. What else begins with {@code q-} (the provenance of dead letters, names of a later version) is an ordinary
 * header.
 */
final class EnvelopeFormat {
    /** Room for an id of any producer; what is longer is no id but an attack. */
    static final int MAX_ID_LENGTH = 256;

    static final String ID = "q-id";
    static final String TYPE = "q-type";
    static final String TIME = "q-time";
    static final String KEY = "q-key";
    static final String CORRELATION_ID = "q-correlation-id";
    static final String CAUSATION_ID = "q-causation-id";
    static final String REPLY_TO = "q-reply-to";
    static final String EXPIRES_AT = "q-expires-at";
    static final String DELIVER_AT = "q-deliver-at";
    static final String PRIORITY = "q-priority";
    static final String CONTENT_TYPE = "content-type";
    static final String ATTEMPTS = "q-attempts";
    static final String DELIVERIES = "q-deliveries";
    static final String FIRST_FAILED_AT = "q-first-failed-at";

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

    static void write(Message message, BiConsumer<String, String> wire) {
        wire.accept(ID, message.id());
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
        History history = message.history();
        put(wire, ATTEMPTS, history.attempts());
        put(wire, DELIVERIES, history.deliveries());
        put(wire, FIRST_FAILED_AT, history.firstFailedAtMillis());
        message.headers().forEach((name, value) -> {
            if (!OWN.contains(name)) {
                wire.accept(name, value);
            }
        });
    }

    private static void put(BiConsumer<String, String> wire, String name, Optional<String> value) {
        if (value.isPresent()) {
            wire.accept(name, value.get());
        }
    }

    private static void put(BiConsumer<String, String> wire, String name, long value) {
        if (value > 0) {
            wire.accept(name, Long.toString(value));
        }
    }

    /** {@return the id if it can be one} */
    static @Nullable String usable(@Nullable String id) {
        if (id == null || id.isBlank() || id.length() > MAX_ID_LENGTH) {
            return null;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c < ' ' || c > '~') {
                return canTravel(id, i) ? id : null;
            }
        }
        return id;
    }

    /** {@return whether the rest of a text can} */
    private static boolean canTravel(String text, int from) {
        for (int i = from; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            if (cannotTravel(codePoint)) {
                return false;
            }
            i += Character.charCount(codePoint);
        }
        return true;
    }

    /** A copy of the message would have another id: half of a surrogate pair has no form in UTF-8. */
    private static boolean cannotTravel(int codePoint) {
        return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
    }

    /** {@return a number of plain digits; 0 if it is none or above the maximum} */
    static long number(@Nullable String text, long max) {
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

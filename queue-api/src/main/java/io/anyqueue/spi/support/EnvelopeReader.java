package io.anyqueue.spi.support;

import io.anyqueue.History;
import io.anyqueue.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message from its headers, one after the other, as {@link Envelope#message} does from a map of them: it never fails, and of
 * several headers with one name the last counts (rules SND-7, RCV-7). Used once, by one thread.
 */
public final class EnvelopeReader {
    private @Nullable String id;
    private @Nullable String type;
    private @Nullable String contentType;
    private @Nullable String key;
    private @Nullable String correlationId;
    private @Nullable String causationId;
    private @Nullable String replyTo;
    private long createdAt;
    private long deliverAt;
    private long expiresAt;
    private int priority;
    private int attempts;
    private int deliveries;
    private long firstFailedAt;
    private Map<String, String> others = Map.of();

    /** Nothing is read yet. */
    public EnvelopeReader() {}

    /**
     * Takes a header from the wire.
     *
     * @param name its name; null counts as absent
     * @param value its value; null counts as absent
     */
    public void header(@Nullable String name, @Nullable String value) {
        if (name == null || value == null) {
            return;
        }
        switch (name) {
            case EnvelopeFormat.ID -> id = value;
            case EnvelopeFormat.TYPE -> type = value;
            case EnvelopeFormat.CONTENT_TYPE -> contentType = value;
            case EnvelopeFormat.KEY -> key = value;
            case EnvelopeFormat.CORRELATION_ID -> correlationId = value;
            case EnvelopeFormat.CAUSATION_ID -> causationId = value;
            case EnvelopeFormat.REPLY_TO -> replyTo = value;
            case EnvelopeFormat.TIME -> createdAt = EnvelopeFormat.number(value, Long.MAX_VALUE);
            case EnvelopeFormat.DELIVER_AT -> deliverAt = EnvelopeFormat.number(value, Long.MAX_VALUE);
            case EnvelopeFormat.EXPIRES_AT -> expiresAt = EnvelopeFormat.number(value, Long.MAX_VALUE);
            case EnvelopeFormat.PRIORITY -> priority = (int) EnvelopeFormat.number(value, Integer.MAX_VALUE);
            case EnvelopeFormat.ATTEMPTS -> attempts = (int) EnvelopeFormat.number(value, Integer.MAX_VALUE);
            case EnvelopeFormat.DELIVERIES -> deliveries = (int) EnvelopeFormat.number(value, Integer.MAX_VALUE);
            case EnvelopeFormat.FIRST_FAILED_AT -> firstFailedAt = EnvelopeFormat.number(value, Long.MAX_VALUE);
            default -> other(name, value);
        }
    }

    private void other(String name, String value) {
        if (others.isEmpty()) {
            others = new LinkedHashMap<>();
        }
        others.put(name, value);
    }

    /**
     * Ends reading.
     *
     * @param body the body; not copied
     * @param stableId gives the id if there is none: the same whenever the broker hands this message out
     * @return the message
     */
    public Message message(byte[] body, Supplier<String> stableId) {
        String usable = EnvelopeFormat.usable(id);
        return Message.builder(usable == null ? stableId.get() : usable)
                .type(type)
                .contentType(contentType)
                .key(key)
                .correlationId(correlationId)
                .causationId(causationId)
                .replyTo(replyTo)
                .createdAtMillis(createdAt)
                .deliverAtMillis(deliverAt)
                .expiresAtMillis(expiresAt)
                .priority(priority)
                .history(history())
                .headers(others)
                .body(body)
                .build();
    }

    private History history() {
        boolean none = attempts == 0 && deliveries == 0 && firstFailedAt == 0;
        return none ? History.NONE : new History(attempts, deliveries, firstFailedAt);
    }
}

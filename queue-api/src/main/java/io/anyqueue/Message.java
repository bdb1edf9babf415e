package io.anyqueue;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message as it travels: system fields, the user's headers and the encoded body (rules SND-7, RCV-7).
 *
 * <p>Times are milliseconds since the epoch and 0 where there is none; they are longs because they are read for every
 * message. Immutable; safe for use by any thread. The body is shared and never copied, see {@link #bodyArray()}.
 */
public final class Message {
    private static final byte[] EMPTY = {};

    private final String id;
    private final @Nullable String key;
    private final @Nullable String type;
    private final @Nullable String contentType;
    private final @Nullable String correlationId;
    private final @Nullable String causationId;
    private final @Nullable String replyTo;
    private final Map<String, String> headers;
    private final byte[] body;
    private final long createdAtMillis;
    private final long deliverAtMillis;
    private final long expiresAtMillis;
    private final int priority;
    private final History history;
    /** Counted when it is asked for first, which is for every message, and several times; 0 before. */
    private int size;

    private Message(Builder from) {
        this.id = from.id;
        this.key = from.key;
        this.type = from.type;
        this.contentType = from.contentType;
        this.correlationId = from.correlationId;
        this.causationId = from.causationId;
        this.replyTo = from.replyTo;
        this.headers = from.headers;
        this.body = from.body;
        this.createdAtMillis = from.createdAtMillis;
        this.deliverAtMillis = from.deliverAtMillis;
        this.expiresAtMillis = from.expiresAtMillis;
        this.priority = from.priority;
        this.history = from.history;
    }

    /**
     * Starts a message.
     *
     * @param id the id; not blank
     * @return a builder with an empty body and no headers
     */
    public static Builder builder(String id) {
        return new Builder(Arguments.notBlank(id, "id"));
    }

    /** {@return a builder that holds all that this message holds; bodies are shared, not copied} */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** {@return the id: the same on every copy and every re-send of the message} */
    public String id() {
        return id;
    }

    /** {@return the key that orders messages, if any (rule ORD-1)} */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /** {@return the logical type name such as {@code order-placed}, never a class name; empty for foreign messages} */
    public Optional<String> type() {
        return Optional.ofNullable(type);
    }

    /** {@return the media type of the body, if known} */
    public Optional<String> contentType() {
        return Optional.ofNullable(contentType);
    }

    /** {@return the id that all messages of one conversation share, if any} */
    public Optional<String> correlationId() {
        return Optional.ofNullable(correlationId);
    }

    /** {@return the id of the message whose handler sent this one, if any} */
    public Optional<String> causationId() {
        return Optional.ofNullable(causationId);
    }

    /** {@return the physical name of the queue where a reply is expected, if anywhere} */
    public Optional<String> replyTo() {
        return Optional.ofNullable(replyTo);
    }

    /** {@return the headers in the order they were set; unmodifiable} */
    public Map<String, String> headers() {
        return headers;
    }

    /** {@return a read-only view of the body; a new one at each call, so that its position is the caller's own} */
    public ByteBuffer body() {
        return ByteBuffer.wrap(body).asReadOnlyBuffer();
    }

    /**
     * {@return the body itself, for codecs and adapters} It is not a copy: whoever changes it changes the message for
     * everybody who holds it. Applications use {@link #body()}.
     */
    public byte[] bodyArray() {
        return body;
    }

    /** {@return when the message was created, in milliseconds since the epoch; 0 if unknown} */
    public long createdAtMillis() {
        return createdAtMillis;
    }

    /** {@return the time before which it is not delivered, in milliseconds since the epoch; 0 for at once} */
    public long deliverAtMillis() {
        return deliverAtMillis;
    }

    /** {@return the time from which it is not handled any more, in milliseconds since the epoch; 0 for never} */
    public long expiresAtMillis() {
        return expiresAtMillis;
    }

    /** {@return 0 for the normal priority; higher goes first} */
    public int priority() {
        return priority;
    }

    /** {@return what earlier copies of this message went through} */
    public History history() {
        return history;
    }

    /**
     * {@return the size that counts against limits and budgets, in bytes: body, headers and text fields} A character of a
     * text counts as one byte, because this is asked for every message.
     */
    public int size() {
        int known = size;
        if (known == 0) {
            known = countSize();
            size = known;
        }
        return known;
    }

    private int countSize() {
        long bytes = (long) body.length + id.length() + length(key) + length(type) + length(contentType);
        bytes += length(correlationId) + length(causationId) + length(replyTo);
        if (!headers.isEmpty()) {
            for (Map.Entry<String, String> header : headers.entrySet()) {
                bytes += header.getKey().length() + header.getValue().length();
            }
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** {@return id, type, key and sizes; never the body or a header's value} */
    @Override
    public String toString() {
        return "Message[id=" + id + ", type=" + type + ", key=" + key + ", headers=" + headers.size() + ", bytes="
                + body.length + "]";
    }

    /** Builds a {@link Message}. Not thread-safe; the messages it builds are. */
    public static final class Builder {
        private String id;
        private @Nullable String key;
        private @Nullable String type;
        private @Nullable String contentType;
        private @Nullable String correlationId;
        private @Nullable String causationId;
        private @Nullable String replyTo;
        private Map<String, String> headers = Map.of();
        private byte[] body = EMPTY;
        private long createdAtMillis;
        private long deliverAtMillis;
        private long expiresAtMillis;
        private int priority;
        private History history = History.NONE;

        private Builder(String id) {
            this.id = id;
        }

        private Builder(Message from) {
            this.id = from.id;
            this.key = from.key;
            this.type = from.type;
            this.contentType = from.contentType;
            this.correlationId = from.correlationId;
            this.causationId = from.causationId;
            this.replyTo = from.replyTo;
            this.headers = from.headers;
            this.body = from.body;
            this.createdAtMillis = from.createdAtMillis;
            this.deliverAtMillis = from.deliverAtMillis;
            this.expiresAtMillis = from.expiresAtMillis;
            this.priority = from.priority;
            this.history = from.history;
        }

        /**
         * Sets the id.
         *
         * @param value the id; not blank
         * @return this
         */
        public Builder id(String value) {
            this.id = Arguments.notBlank(value, "id");
            return this;
        }

        /**
         * Sets the key.
         *
         * @param value the key, or null for none
         * @return this
         */
        public Builder key(@Nullable String value) {
            this.key = value;
            return this;
        }

        /**
         * Sets the logical type name.
         *
         * @param value the name, or null for none
         * @return this
         */
        public Builder type(@Nullable String value) {
            this.type = value;
            return this;
        }

        /**
         * Sets the media type of the body.
         *
         * @param value the media type, or null for none
         * @return this
         */
        public Builder contentType(@Nullable String value) {
            this.contentType = value;
            return this;
        }

        /**
         * Sets the correlation id.
         *
         * @param value the id, or null for none
         * @return this
         */
        public Builder correlationId(@Nullable String value) {
            this.correlationId = value;
            return this;
        }

        /**
         * Sets the causation id.
         *
         * @param value the id, or null for none
         * @return this
         */
        public Builder causationId(@Nullable String value) {
            this.causationId = value;
            return this;
        }

        /**
         * Sets where a reply is expected.
         *
         * @param value the name of a queue, or null for none
         * @return this
         */
        public Builder replyTo(@Nullable String value) {
            this.replyTo = value;
            return this;
        }

        /**
         * Sets all headers.
         *
         * @param value the headers; copied in their order
         * @return this
         */
        public Builder headers(Map<String, String> value) {
            this.headers = OrderedHeaders.copyOf(Arguments.notNull(value, "headers"));
            return this;
        }

        /**
         * Sets the body.
         *
         * @param value the bytes; not copied, and not to be changed from now on
         * @return this
         */
        public Builder body(byte[] value) {
            this.body = Arguments.notNull(value, "body");
            return this;
        }

        /**
         * Sets the time of creation.
         *
         * @param value milliseconds since the epoch; 0 if unknown
         * @return this
         */
        public Builder createdAtMillis(long value) {
            this.createdAtMillis = value;
            return this;
        }

        /**
         * Sets the time before which the message is not delivered.
         *
         * @param value milliseconds since the epoch; 0 for at once
         * @return this
         */
        public Builder deliverAtMillis(long value) {
            this.deliverAtMillis = value;
            return this;
        }

        /**
         * Sets the time from which the message is not handled any more.
         *
         * @param value milliseconds since the epoch; 0 for never
         * @return this
         */
        public Builder expiresAtMillis(long value) {
            this.expiresAtMillis = value;
            return this;
        }

        /**
         * Sets the priority.
         *
         * @param value 0 or more; higher goes first
         * @return this
         */
        public Builder priority(int value) {
            this.priority = value;
            return this;
        }

        /**
         * Sets what earlier copies went through.
         *
         * @param value the history
         * @return this
         */
        public Builder history(History value) {
            this.history = Arguments.notNull(value, "history");
            return this;
        }

        /** {@return the message} */
        public Message build() {
            return new Message(this);
        }
    }
}

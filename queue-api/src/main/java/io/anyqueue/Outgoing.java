package io.anyqueue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A payload with what can be said about one message: id, key, delay, expiry, priority, headers.
 *
 * <p>Immutable; each method returns a new value. Safe for use by any thread as far as the payload is. Wrong values are
 * refused here, before anything is sent (rule SND-5).
 *
 * @param <T> the type of the payload
 */
public final class Outgoing<T> {
    /** The longest id, in characters. */
    public static final int MAX_ID_LENGTH = 128;

    /** The largest header name, in UTF-8 bytes. */
    public static final int MAX_HEADER_NAME_BYTES = HeaderRules.MAX_NAME_BYTES;

    /** The largest sum of all header names and values, in UTF-8 bytes. */
    public static final int MAX_HEADERS_BYTES = HeaderRules.MAX_TOTAL_BYTES;

    private final T payload;
    private final Options options;

    private Outgoing(T payload, Options options) {
        this.payload = payload;
        this.options = options;
    }

    /**
     * Wraps a payload.
     *
     * @param payload the payload; use an empty one rather than null
     * @param <T> the type of the payload
     * @return a message with no options set
     * @throws QueueException INVALID_ARGUMENT if the payload is null
     */
    public static <T> Outgoing<T> of(T payload) {
        if (payload == null) {
            throw Arguments.invalid("payload is null; use an empty payload");
        }
        return new Outgoing<>(payload, Options.NONE);
    }

    /**
     * Gives the message an id of the caller's own, under which duplicates are found.
     *
     * @param id not blank, at most {@value #MAX_ID_LENGTH} characters, no control characters
     * @return a new message
     */
    public Outgoing<T> id(String id) {
        HeaderRules.text(id, "id");
        if (id.length() > MAX_ID_LENGTH) {
            throw Arguments.invalid("id has " + id.length() + " characters, the limit is " + MAX_ID_LENGTH);
        }
        return with(changed -> changed.id = id);
    }

    /**
     * Gives the message a key. On an ordered destination the key comes from the payload, and this is refused when sent.
     *
     * @param key not blank, no control characters
     * @return a new message
     */
    public Outgoing<T> key(String key) {
        HeaderRules.text(key, "key");
        return with(changed -> changed.key = key);
    }

    /**
     * Delays the delivery (rule DLY-1); replaces {@link #deliverAt}. Refused on an ordered destination (rule ORD-5).
     *
     * @param delay zero or more, counted from the send; zero is at once
     * @return a new message
     */
    public Outgoing<T> delay(Duration delay) {
        Arguments.notNegative(delay, "delay");
        return with(changed -> {
            changed.delay = delay;
            changed.deliverAt = null;
        });
    }

    /**
     * Delays the delivery until a time (rule DLY-1); replaces {@link #delay}. Refused on an ordered destination (rule
     * ORD-5).
     *
     * @param time the time; one in the past is at once
     * @return a new message
     */
    public Outgoing<T> deliverAt(Instant time) {
        Arguments.inMillis(time, "deliverAt");
        return with(changed -> {
            changed.deliverAt = time;
            changed.delay = null;
        });
    }

    /**
     * Lets the message expire: it is not handled from then on (rule EXP-1).
     *
     * @param timeToLive more than zero, counted from the send
     * @return a new message
     */
    public Outgoing<T> expiresAfter(Duration timeToLive) {
        Arguments.positive(timeToLive, "expiresAfter");
        return with(changed -> changed.expiresAfter = timeToLive);
    }

    /**
     * Gives the message a priority.
     *
     * @param priority 0 to the number of the queue's levels - 1; higher goes first
     * @return a new message
     */
    public Outgoing<T> priority(int priority) {
        Arguments.atLeast(0, priority, "priority");
        return with(changed -> changed.priority = priority);
    }

    /**
     * Adds a header, or replaces the one of that name.
     *
     * @param name any Unicode without control characters, at most {@value #MAX_HEADER_NAME_BYTES} bytes of UTF-8; names
     *     that begin with {@code q-} and {@code content-type} are reserved
     * @param value any Unicode without control characters
     * @return a new message
     * @throws QueueException INVALID_ARGUMENT if a name or value is not legal; TOO_LARGE if all headers together take more
     *     than {@value #MAX_HEADERS_BYTES} bytes
     */
    public Outgoing<T> header(String name, String value) {
        long added = HeaderRules.check(name, value);
        String replaced = options.headers.get(name);
        long removed = replaced == null ? 0 : HeaderRules.check(name, replaced);
        long total = options.headerBytes - removed + added;
        HeaderRules.checkTotal(total);
        Map<String, String> all = OrderedHeaders.with(options.headers, name, value);
        return with(changed -> {
            changed.headers = all;
            changed.headerBytes = total;
        });
    }

    /** {@return the payload} */
    public T payload() {
        return payload;
    }

    /** {@return the id that was set, if any} */
    public Optional<String> id() {
        return Optional.ofNullable(options.id);
    }

    /** {@return the key that was set, if any} */
    public Optional<String> key() {
        return Optional.ofNullable(options.key);
    }

    /** {@return the delay that was set, if any} */
    public Optional<Duration> delay() {
        return Optional.ofNullable(options.delay);
    }

    /** {@return the time of delivery that was set, if any} */
    public Optional<Instant> deliverAt() {
        return Optional.ofNullable(options.deliverAt);
    }

    /** {@return the time to live that was set, if any} */
    public Optional<Duration> expiresAfter() {
        return Optional.ofNullable(options.expiresAfter);
    }

    /** {@return the priority; default 0} */
    public int priority() {
        return options.priority;
    }

    /** {@return the headers in the order they were set; unmodifiable} */
    public Map<String, String> headers() {
        return options.headers;
    }

    private Outgoing<T> with(Consumer<Options> change) {
        Options changed = new Options(options);
        change.accept(changed);
        return new Outgoing<>(payload, changed);
    }

    /**
     * Kept apart from the payload so that a plain message costs no more than the shared {@link #NONE}. Changed only before
     * the message that holds it is made.
     */
    private static final class Options {
        static final Options NONE = new Options();

        @Nullable
        String id;

        @Nullable
        String key;

        @Nullable
        Duration delay;

        @Nullable
        Instant deliverAt;

        @Nullable
        Duration expiresAfter;

        int priority;
        Map<String, String> headers = Map.of();
        long headerBytes;

        private Options() {}

        private Options(Options from) {
            this.id = from.id;
            this.key = from.key;
            this.delay = from.delay;
            this.deliverAt = from.deliverAt;
            this.expiresAfter = from.expiresAfter;
            this.priority = from.priority;
            this.headers = from.headers;
            this.headerBytes = from.headerBytes;
        }
    }
}

package io.anyqueue.core.send;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueException;
import io.anyqueue.core.codec.PayloadCodec;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stamps and encodes the messages of one destination, and refuses before any I/O what it could not keep (rule SND-5). Safe
 * for use by any thread.
 *
 * @param <T> the type of the payloads
 */
public final class MessageFactory<T> {
    /** Room that a dead letter needs for its provenance: what can be sent can be dead-lettered (rule DLQ-1). */
    public static final int PROVENANCE_BYTES = 8 * 1024;

    private static final MessageIds IDS = new MessageIds();

    private final Spec spec;
    private final String destination;
    private final Capabilities capabilities;
    private final PayloadCodec<T> codec;
    private final @Nullable Function<? super T, String> keyOf;
    private final TimeSource time;
    private final long maxBytes;

    /**
     * A factory for one destination.
     *
     * @param maxBytes the largest message
     */
    public MessageFactory(
            Spec spec,
            Capabilities capabilities,
            PayloadCodec<T> codec,
            @Nullable Function<? super T, String> keyOf,
            TimeSource time,
            long maxBytes) {
        this.spec = spec;
        this.destination = spec.endpoint().name();
        this.capabilities = capabilities;
        this.codec = codec;
        this.keyOf = keyOf;
        this.time = time;
        this.maxBytes = maxBytes;
    }

    /** A message of its own. */
    public Message message(@Nullable T payload) {
        long now = time.currentTimeMillis();
        return checked(start(payload, IDS.next(now), now));
    }

    /** A message with options. */
    public Message message(Outgoing<? extends T> outgoing) {
        return message(outgoing, null);
    }

    /**
     * A message that a handler sends: its id is derived from its cause, so that a repeated run sends the same one.
     *
     * @param cause the message that is handled, by whom, and how many were sent in its name before; null for none
     */
    public Message message(@Nullable Outgoing<? extends T> outgoing, @Nullable Cause cause) {
        if (outgoing == null) {
            throw invalid("message is null");
        }
        long now = time.currentTimeMillis();
        T payload = outgoing.payload();
        String id =
                outgoing.id().orElseGet(() -> cause == null ? IDS.next(now) : derivedId(payload, cause, key(outgoing)));
        Message.Builder message = start(payload, id, now);
        outgoing.key().ifPresent(key -> {
            if (keyOf != null) {
                throw invalid("the key of " + destination + " comes from the payload and cannot be set");
            }
            message.key(key);
        });
        message.headers(outgoing.headers()).priority(priority(outgoing.priority()));
        delay(outgoing, message, now);
        outgoing.expiresAfter().ifPresent(ttl -> message.expiresAtMillis(saturatedAdd(now, ttl)));
        if (cause != null) {
            Message handled = cause.message();
            message.correlationId(handled.correlationId().orElse(handled.id())).causationId(handled.id());
        }
        return checked(message);
    }

    /**
     * A question: it expires with the wait for its answer.
     *
     * @param replyTo the queue for the reply
     */
    public Message question(@Nullable T payload, Duration timeout, String replyTo) {
        long now = time.currentTimeMillis();
        String id = IDS.next(now);
        return checked(
                start(payload, id, now).correlationId(id).replyTo(replyTo).expiresAtMillis(saturatedAdd(now, timeout)));
    }

    /** {@return an id that is the same for the same parts} */
    public static String derivedId(String... parts) {
        return MessageIds.derived(String.join("\n", parts));
    }

    /**
     * Why a handler sends a message.
     *
     * @param message what it handles
     * @param source from where: two subscriptions that send the same must not send under one id
     * @param ordinal how many messages it sent before in this run
     */
    public record Cause(Message message, String source, int ordinal) {}

    private String derivedId(T payload, Cause cause, String key) {
        return derivedId(
                cause.message().id(),
                cause.source(),
                destination,
                codec.encoding(payload).typeName(),
                key,
                Integer.toString(cause.ordinal()));
    }

    private String key(Outgoing<? extends T> outgoing) {
        return keyOf == null ? outgoing.key().orElse("") : key(outgoing.payload());
    }

    private Message.Builder start(@Nullable T payload, String id, long now) {
        if (payload == null) {
            throw invalid("payload is null; use an empty payload");
        }
        PayloadCodec.Encoding encoding = codec.encoding(payload);
        Message.Builder message = Message.builder(id)
                .type(encoding.typeName())
                .contentType(encoding.codec().contentType())
                .body(encoding.codec().encode(payload))
                .createdAtMillis(now);
        return keyOf == null ? message : message.key(key(payload));
    }

    private String key(T payload) {
        String key;
        try {
            key = keyOf == null ? null : keyOf.apply(payload);
        } catch (RuntimeException e) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT, "the key function of " + destination + " failed on the payload", e);
        }
        if (key == null || key.isBlank()) {
            throw invalid(
                    destination + " is ordered, and the key of the payload is " + (key == null ? "null" : "blank"));
        }
        return key;
    }

    private int priority(int priority) {
        if (priority >= spec.priorities()) {
            throw invalid("priority " + priority + " is not 0 to " + (spec.priorities() - 1) + ", the levels of "
                    + destination);
        }
        return priority;
    }

    private void delay(Outgoing<? extends T> outgoing, Message.Builder message, long now) {
        long due = due(outgoing, now);
        if (due <= now) {
            return;
        }
        if (spec.ordered()) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "a delay would break the order of " + destination + "; send without a delay");
        }
        capabilities.require(Feature.DELAYED_SEND, "a delay on " + destination);
        Duration max = capabilities.limits().maxDelay();
        if (Duration.ofMillis(due - now).compareTo(max) > 0) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "the delay of " + Duration.ofMillis(due - now) + " on " + destination
                            + " is longer than the limit of " + max + " on " + capabilities.broker());
        }
        message.deliverAtMillis(due);
    }

    private static long due(Outgoing<?> outgoing, long now) {
        Optional<Duration> delay = outgoing.delay();
        if (delay.isPresent()) {
            return delay.get().isZero() ? 0 : saturatedAdd(now, delay.get());
        }
        return outgoing.deliverAt().map(Instant::toEpochMilli).orElse(0L);
    }

    /** A part of a millisecond counts as a whole one: never early. */
    private static long saturatedAdd(long now, Duration duration) {
        long millis = duration.toMillis() + (duration.toNanosPart() % 1_000_000 == 0 ? 0 : 1);
        return millis > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + millis;
    }

    private Message checked(Message.Builder builder) {
        Message message = builder.build();
        int size = message.size();
        if (size > maxBytes) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "message to " + destination + " has " + size + " bytes, the limit on " + capabilities.broker()
                            + " is " + maxBytes);
        }
        return message;
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}

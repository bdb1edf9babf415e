package io.anyqueue.core.codec;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.PayloadTypes;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Codec;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the payloads of one destination, and only its registered types (rule SEC-1). Safe for use by any
 * thread.
 *
 * @param <T> the common type of the payloads
 */
public final class PayloadCodec<T> {
    private final String destination;
    private final Class<T> type;
    private final PayloadTypes types;
    private final Codecs codecs;
    /** Of a destination of bytes or text, which takes messages of any type. */
    private final @Nullable Codec raw;

    private final ConcurrentMap<Class<?>, Encoding> encodings = new ConcurrentHashMap<>();
    /** Most destinations have one class of payloads; a race only costs a look into the map. */
    private @Nullable Encoding latest;

    /** Fails if no codec knows one of the types. */
    public PayloadCodec(String destination, Class<T> type, PayloadTypes types, Codecs codecs) {
        this.destination = destination;
        this.type = type;
        this.types = types;
        this.codecs = codecs;
        this.raw = codecs.forType(type)
                .filter(codec -> codec instanceof BytesCodec || codec instanceof TextCodec)
                .orElse(null);
        types.names().forEach(name -> codec(types.type(name).orElseThrow()));
    }

    /** How payloads of a class are encoded: its logical name and codec. */
    public record Encoding(Class<?> payloadClass, String typeName, Codec codec) {}

    /** Finds the encoding for a payload. */
    public Encoding encoding(Object payload) {
        return encoding(payload.getClass());
    }

    private Encoding encoding(Class<?> payloadClass) {
        Encoding known = latest;
        if (known == null || known.payloadClass() != payloadClass) {
            known = encodings.computeIfAbsent(payloadClass, this::newEncoding);
            latest = known;
        }
        return known;
    }

    private Encoding newEncoding(Class<?> payloadClass) {
        String name = types.name(payloadClass)
                .orElseThrow(() -> new QueueException(
                        ErrorCode.INVALID_ARGUMENT,
                        payloadClass.getName() + " is no payload of " + destination + ", which takes "
                                + String.join(", ", types.names())));
        return new Encoding(payloadClass, name, codec(payloadClass));
    }

    /**
     * Decodes a message.
     *
     * @throws UnknownTypeException if its type is not one of the destination
     * @throws QueueException UNDECODABLE
     */
    public T decode(Message message) {
        Class<?> target = raw != null ? type : target(message);
        Codec codec = raw != null ? raw : codec(message, target);
        try {
            Object payload = codec.decode(message.bodyArray(), target);
            if (payload == null) {
                throw new QueueException(
                        ErrorCode.UNDECODABLE,
                        "the codec for " + codec.contentType() + " gave null for " + target.getName());
            }
            return type.cast(payload);
        } catch (QueueException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            throw new QueueException(
                    ErrorCode.UNDECODABLE,
                    "the codec for " + codec.contentType() + " failed on " + target.getName(),
                    e);
        }
    }

    /** Mostly that of our own sends; only another content type needs a search. */
    private Codec codec(Message message, Class<?> target) {
        Codec own = encoding(target).codec();
        String contentType = message.contentType().orElse(own.contentType());
        return contentType.equals(own.contentType()) ? own : forContent(contentType, target);
    }

    private Class<?> target(Message message) {
        String name = message.type().orElse("");
        return (name.isEmpty() ? types.single() : types.type(name))
                .orElseThrow(() -> new UnknownTypeException(
                        name.isEmpty()
                                ? "the message has no type and " + destination + " has several: "
                                        + String.join(", ", types.names())
                                : "type '" + cut(name) + "' is not one of " + destination + ": "
                                        + String.join(", ", types.names())));
    }

    private Codec forContent(String contentType, Class<?> target) {
        return codecs.forContent(contentType, target)
                .orElseThrow(() -> new QueueException(
                        ErrorCode.UNDECODABLE, "no codec reads " + cut(contentType) + " into " + target.getName()));
    }

    private Codec codec(Class<?> payloadClass) {
        return codecs.forType(payloadClass)
                .orElseThrow(() -> new QueueException(
                        ErrorCode.INVALID_ARGUMENT,
                        "no codec knows " + payloadClass.getName() + " of " + destination
                                + "; put io.anyqueue:anyqueue-json on the class path or give a Codec to the client"));
    }

    private static String cut(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }
}

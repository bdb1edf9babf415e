package io.anyqueue.json;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Codec;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encodes payloads as JSON and decodes them, on Jackson 3. {@code ServiceLoader} finds it; no code is needed to use it.
 * Immutable and safe for use by any thread.
 *
 * <p><b>On the wire.</b> UTF-8. Records and beans are objects, enums their constant's name, {@code Optional} its value or
 * null, {@code java.time} types ISO-8601 text (a {@code ZonedDateTime} with its zone, RFC 9557). {@code BigDecimal} and
 * {@code BigInteger} keep value and scale; decimals in untyped places ({@code Object}, {@code Map}, {@code JsonNode}) are
 * read as {@code BigDecimal}. Where a property, list, map or {@code Optional} is declared with a sealed type, the value has a
 * property {@code @type}: the leaf's {@linkplain io.anyqueue.PayloadTypes#nameOf logical name}, read back among the
 * permitted leaves only. The payload itself has none, because its name travels beside the body; the type arguments of a
 * generic payload class are unknown, so declare them in a record. {@code @JsonTypeInfo} on a type replaces this.
 *
 * <p><b>Reading</b> is tolerant of evolution: unknown properties are ignored, missing ones are null, empty or zero. It is
 * strict otherwise: null for a primitive, a number in quotes, a fraction for an integer, the same property twice, text after
 * the document, and anything else that RFC 8259 does not permit is refused.
 *
 * <p><b>Safety (rule SEC-1).</b> No class name is written or looked up: Jackson's default typing is off,
 * {@code @JsonTypeInfo} with {@code CLASS} or {@code MINIMAL_CLASS} is refused in both directions, and so are values of type
 * {@code Class}. Limits, the same in both directions: 16 MiB per document, 100 levels of nesting, 1,000 characters per
 * number, exponents within ±1,000, 50,000 characters per property name; a string may fill the document.
 *
 * <p>Every failure is a {@link QueueException} that names the class, the place and the limit, and never holds content of the
 * payload: its causes are stand-ins that have the stack trace and the class name of the original, without its message.
 *
 * <p>Modules and settings of your own:
 *
 * <pre>{@code
 * QueueClient client = QueueClient.builder(url)
 *         .use(new JsonCodec(JsonCodec.mapperBuilder().addModule(new MoneyModule()).build()))
 *         ...
 * }</pre>
 */
public final class JsonCodec implements Codec {
    private final Limits limits;
    private final Failures failures;
    private final ClassValue<ObjectWriter> writers;
    private final ClassValue<ObjectReader> readers;

    /** Creates a codec with the settings described above. */
    public JsonCodec() {
        this(mapperBuilder().build());
    }

    /**
     * Creates a codec with a mapper of your own, best built from {@link #mapperBuilder()}: another mapper's wire format and
     * limits are its own (16 MiB per document if it has none). What SEC-1 asks for, the property {@code @type} and
     * the refusal of duplicate properties and of anything that is not plain JSON are put on top of every mapper. Type
     * resolvers and deserializers written by hand are trusted.
     *
     * @param mapper the mapper; not changed
     * @throws QueueException INVALID_ARGUMENT if the mapper is null
     */
    public JsonCodec(JsonMapper mapper) {
        this.limits = Limits.of(notNull(mapper, "mapper").tokenStreamFactory().streamReadConstraints());
        JsonMapper hardened = Mappers.harden(mapper, limits);
        this.failures = new Failures(hardened);
        this.writers = new ClassValue<>() {
            @Override
            protected ObjectWriter computeValue(Class<?> type) {
                return hardened.writerFor(type);
            }
        };
        this.readers = new ClassValue<>() {
            @Override
            protected ObjectReader computeValue(Class<?> type) {
                return hardened.readerFor(type);
            }
        };
    }

    /** {@return a builder of mappers with the settings and limits described above} */
    public static JsonMapper.Builder mapperBuilder() {
        return mapperBuilder(limits());
    }

    /**
     * Starts a mapper with other limits.
     *
     * @param limits the limits, such as {@code JsonCodec.limits().rebuild().maxDocumentLength(1 << 20).build()}
     * @return a builder of mappers with the settings described above
     * @throws QueueException INVALID_ARGUMENT if the limits are null
     */
    public static JsonMapper.Builder mapperBuilder(StreamReadConstraints limits) {
        return Mappers.builder(notNull(limits, "limits"));
    }

    /** {@return the limits described above, to start others from} */
    public static StreamReadConstraints limits() {
        return Limits.DEFAULTS;
    }

    /** {@return {@code application/json}} */
    @Override
    public String contentType() {
        return "application/json";
    }

    /**
     * Tells whether a class is written as JSON: all are but bytes ({@code byte[]}, {@code ByteBuffer}) and text
     * ({@code CharSequence}), which the runtime sends as they are, primitive types, which no payload has, and {@code Class}.
     * Boxed numbers, enums, collections, arrays and maps are supported.
     */
    @Override
    public boolean supports(Class<?> type) {
        return !notNull(type, "type").isPrimitive()
                && !CharSequence.class.isAssignableFrom(type)
                && !ByteBuffer.class.isAssignableFrom(type)
                && type != byte[].class
                && type != Class.class;
    }

    /** {@return 0: a codec with a higher number is preferred, one with a lower is what is left for other classes} */
    @Override
    public int priority() {
        return 0;
    }

    @Override
    public byte[] encode(Object payload) {
        Class<?> type = notNull(payload, "payload").getClass();
        try {
            byte[] body = writers.get(type).writeValueAsBytes(payload);
            limits.check(body);
            return body;
        } catch (RuntimeException e) {
            throw failures.encoding(type, e);
        }
    }

    @Override
    public <T> T decode(byte[] body, Class<T> type) {
        notNull(body, "body");
        notNull(type, "type");
        try {
            limits.check(body);
            T payload = readers.get(type).readValue(body);
            if (payload == null) {
                throw new Refusal("it is null");
            }
            return payload;
        } catch (RuntimeException e) {
            throw failures.decoding(type, e);
        }
    }

    private static <V> V notNull(@Nullable V value, String name) {
        if (value == null) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, name + " is null");
        }
        return value;
    }
}

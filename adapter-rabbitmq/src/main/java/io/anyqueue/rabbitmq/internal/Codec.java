package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueException;
import io.anyqueue.spi.support.Envelope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as AMQP 0-9-1 has it, and back (rules SND-7, RCV-7). What AMQP has a property for travels in it, if it fits into its
 * 255 bytes, so that foreign programs see it where they expect it; all else is headers of the {@link Envelope}. Stateless.
 */
final class Codec {
    private static final int SHORT_STRING = 255;
    private static final int PERSISTENT = 2;
    private static final byte[] NO_BODY = {};
    /** Headers travel in one frame; the server's default is 128 KiB, and its own fields need some of that. */
    private static final int MOST_HEADER_BYTES = 120 * 1024;

    private Codec() {}

    /**
     * Encodes all but the body.
     *
     * @throws QueueException TOO_LARGE if the headers do not fit into a frame
     */
    static BasicProperties properties(Message message) {
        Map<String, String> wire = Envelope.headers(message);
        BasicProperties.Builder properties = new BasicProperties.Builder().deliveryMode(PERSISTENT);
        Map<String, Object> headers = new HashMap<>();
        wire.forEach((name, text) -> {
            Field field = Field.of(name);
            if (field != null && isShort(text)) {
                field.set(properties, text);
            } else {
                headers.put(name, text);
            }
        });
        check(message, headers);
        return properties.headers(headers).build();
    }

    private static void check(Message message, Map<String, Object> headers) {
        long bytes = 0;
        for (Map.Entry<String, Object> header : headers.entrySet()) {
            if (isServers(header.getKey())) {
                throw new QueueException(
                        ErrorCode.INVALID_ARGUMENT,
                        "message " + message.id() + " has the header " + header.getKey()
                                + ", which RabbitMQ and its adapter keep for themselves: use another name");
            }
            bytes += utf8(header.getKey()) + utf8((String) header.getValue()) + 6;
        }
        if (bytes > MOST_HEADER_BYTES) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "the headers of message " + message.id() + " have " + bytes + " bytes, and RabbitMQ takes "
                            + MOST_HEADER_BYTES + ": put large values into the body");
        }
    }

    /** Decodes; never fails, whoever wrote it. */
    static Message message(String routingKey, BasicProperties properties, byte[] body) {
        Map<String, String> wire = new LinkedHashMap<>();
        if (properties.getHeaders() != null) {
            properties.getHeaders().forEach((name, value) -> {
                String text = isServers(name) ? null : text(value);
                if (text != null) {
                    wire.put(name, text);
                }
            });
        }
        for (Field field : Field.ALL) {
            String text = field.get(properties);
            if (text != null) {
                wire.putIfAbsent(field.header, text);
            }
        }
        String id = wire.get(Field.ID.header);
        return Envelope.message(wire, body, id != null && isUsable(id) ? id : stableId(routingKey, properties, body));
    }

    /** {@return whether there is no id in it that could be used} The server numbers nothing, so another has to be given. */
    static boolean isNameless(BasicProperties properties) {
        String id = properties.getMessageId();
        if (id == null
                && properties.getHeaders() != null
                && properties.getHeaders().get(Field.ID.header) != null) {
            id = text(properties.getHeaders().get(Field.ID.header));
        }
        return id == null || !isUsable(id);
    }

    private static boolean isUsable(String id) {
        return isPlain(id)
                || (!id.isBlank()
                        && Envelope.message(Map.of(Field.ID.header, id), NO_BODY, "-")
                                .id()
                                .equals(id));
    }

    /** {@return whether it is short and ASCII without spaces, as nearly all ids are} It saves the asking. */
    private static boolean isPlain(String id) {
        boolean plain = !id.isEmpty() && id.length() <= Outgoing.MAX_ID_LENGTH;
        for (int i = 0; plain && i < id.length(); i++) {
            plain = id.charAt(i) > ' ' && id.charAt(i) < 0x7f;
        }
        return plain;
    }

    /** {@return the same with an id} */
    static BasicProperties named(BasicProperties properties, String id) {
        Map<String, Object> headers = withoutServers(properties);
        headers.remove(Field.ID.header);
        return copy(properties).messageId(id).headers(headers).build();
    }

    /** An id made of the contents, for where none can be given: the same each time, and the same for the same contents. */
    private static String stableId(String routingKey, BasicProperties properties, byte[] body) {
        MessageDigest digest = sha256();
        digest.update(routingKey.getBytes(StandardCharsets.UTF_8));
        digest.update(String.valueOf(properties.getTimestamp()).getBytes(StandardCharsets.UTF_8));
        digest.update(String.valueOf(properties.getCorrelationId()).getBytes(StandardCharsets.UTF_8));
        digest.update(body);
        return "amqp-" + HexFormat.of().formatHex(digest.digest(), 0, 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Gives the headers for a copy. What the server noted on the way must not be in it: a message that came through a queue of
     * the delay ladder before would be dropped there as one that goes round in circles.
     */
    static Map<String, Object> withoutServers(BasicProperties properties) {
        Map<String, Object> headers = new LinkedHashMap<>();
        if (properties.getHeaders() != null) {
            properties.getHeaders().forEach((name, value) -> {
                if (!isServers(name)) {
                    headers.put(name, value);
                }
            });
        }
        return headers;
    }

    /**
     * Begins the properties of a copy. It is ours: the server would refuse it in the name of the user who wrote the original, and
     * an expiration would end its delay early.
     */
    static BasicProperties.Builder copy(BasicProperties properties) {
        return properties.builder().deliveryMode(PERSISTENT).userId(null).expiration(null);
    }

    /** By {@code CC} and {@code BCC} the server routes, and refuses what is no list of its keys. */
    private static boolean isServers(String name) {
        return name.equals("CC")
                || name.equals("BCC")
                || name.startsWith(Counters.PREFIX)
                || name.equals("x-death")
                || name.startsWith("x-first-death-")
                || name.startsWith("x-last-death-")
                || name.equals("x-delivery-count")
                || name.equals("x-acquired-count");
    }

    /** {@return a header's value as text; null for tables and arrays, which are no headers of anybody's messages} */
    @SuppressWarnings("JavaUtilDate") // the client library has no other
    private static @Nullable String text(@Nullable Object value) {
        if (value instanceof LongString || value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof Date date) {
            return Long.toString(date.getTime());
        }
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : null;
    }

    private static boolean isShort(String text) {
        return text.length() <= SHORT_STRING / 3 || utf8(text) <= SHORT_STRING;
    }

    private static int utf8(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // A pair of surrogates is two chars and four bytes.
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes;
    }

    /** What has a property in AMQP, with its header in the envelope. */
    private enum Field {
        ID("q-id") {
            @Override
            void set(BasicProperties.Builder to, String text) {
                to.messageId(text);
            }

            @Override
            @Nullable
            String get(BasicProperties from) {
                return from.getMessageId();
            }
        },
        TYPE("q-type") {
            @Override
            void set(BasicProperties.Builder to, String text) {
                to.type(text);
            }

            @Override
            @Nullable
            String get(BasicProperties from) {
                return from.getType();
            }
        },
        CONTENT_TYPE("content-type") {
            @Override
            void set(BasicProperties.Builder to, String text) {
                to.contentType(text);
            }

            @Override
            @Nullable
            String get(BasicProperties from) {
                return from.getContentType();
            }
        },
        CORRELATION_ID("q-correlation-id") {
            @Override
            void set(BasicProperties.Builder to, String text) {
                to.correlationId(text);
            }

            @Override
            @Nullable
            String get(BasicProperties from) {
                return from.getCorrelationId();
            }
        },
        REPLY_TO("q-reply-to") {
            @Override
            void set(BasicProperties.Builder to, String text) {
                to.replyTo(text);
            }

            @Override
            @Nullable
            String get(BasicProperties from) {
                return from.getReplyTo();
            }
        };

        static final Field[] ALL = values();

        final String header;

        Field(String header) {
            this.header = header;
        }

        /** {@return the property for a header, if there is one} */
        static @Nullable Field of(String header) {
            for (Field field : ALL) {
                if (field.header.equals(header)) {
                    return field;
                }
            }
            return null;
        }

        abstract void set(BasicProperties.Builder to, String text);

        abstract @Nullable String get(BasicProperties from);
    }
}

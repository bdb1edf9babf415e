package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.support.Envelope;
import io.anyqueue.spi.support.EnvelopeReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A message as a record, and back (rules SND-7, RCV-7). The key is the record's key, all else is headers of the {@link Envelope}.
 * Reading never fails, whoever wrote it: broken headers are absent, of several with one name the last counts, and a record without a
 * value is empty. Stateless.
 */
final class Codec {
    private static final String ID = "q-id";
    private static final String KEY = "q-key";
    private static final String DUE = Counters.PREFIX + "due";
    private static final String ENTERED = Counters.PREFIX + "entered";
    private static final String ONLY = Counters.PREFIX + "only";
    private static final byte[] NO_BODY = {};
    /** Beyond that a message would not fit into a topic beside the largest body. */
    private static final int MOST_HEADER_BYTES = 128 * 1024;

    private Codec() {}

    /**
     * Writes a message's headers.
     *
     * @throws QueueException TOO_LARGE, or INVALID_ARGUMENT for headers that are ours
     */
    static void write(Message message, Headers into) {
        Writer writer = new Writer(message, into);
        Envelope.write(message, writer);
        if (writer.bytes > MOST_HEADER_BYTES) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "the headers of message " + message.id() + " have " + writer.bytes
                            + " bytes, and the Kafka adapter takes " + MOST_HEADER_BYTES
                            + ": put large values into the body");
        }
    }

    /** Writes one header after the other, and counts their bytes. */
    private static final class Writer implements BiConsumer<String, String> {
        private final Message message;
        private final Headers into;
        private long bytes;

        Writer(Message message, Headers into) {
            this.message = message;
            this.into = into;
        }

        @Override
        public void accept(String name, String value) {
            if (name.startsWith(Counters.PREFIX)) {
                throw new QueueException(
                        ErrorCode.INVALID_ARGUMENT,
                        "message " + message.id() + " has the header " + name
                                + ", which the Kafka adapter keeps for itself: use another name");
            }
            if (!name.equals(KEY)) {
                byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
                bytes += name.length() + encoded.length + 4L;
                into.add(name, encoded);
            }
        }
    }

    static byte @Nullable [] key(Message message) {
        return message.key().map(key -> key.getBytes(StandardCharsets.UTF_8)).orElse(null);
    }

    static Message message(ConsumerRecord<byte[], byte[]> record) {
        EnvelopeReader reader = new EnvelopeReader();
        for (Header header : record.headers()) {
            String name = header.key();
            if (!name.startsWith(Counters.PREFIX)) {
                byte[] value = header.value();
                if (value != null) {
                    reader.header(name, new String(value, StandardCharsets.UTF_8));
                }
            }
        }
        String key = key(record);
        if (key != null) {
            reader.header(KEY, key);
        }
        return reader.message(record.value() == null ? NO_BODY : record.value(), () -> stableId(record));
    }

    /** {@return the key; null for none, and for bytes that are no text} */
    static @Nullable String key(ConsumerRecord<byte[], byte[]> record) {
        return text(record.key());
    }

    /** The same each time the record is read, also from a mirror of the topic with the same offsets. */
    private static String stableId(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + "-" + record.offset();
    }

    /** {@return null for none, and for bytes that are no text} */
    private static @Nullable String text(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** {@return the headers of a record for a copy of it, to the byte; it has the id that was shown, if there was none} */
    static Headers copy(ConsumerRecord<byte[], byte[]> record, Message message) {
        Headers headers = new RecordHeaders();
        boolean named = false;
        for (Header header : record.headers()) {
            if (!header.key().startsWith(Counters.PREFIX)) {
                named |= header.key().equals(ID);
                headers.add(header);
            }
        }
        if (!named || !message.id().equals(textOf(record.headers(), ID))) {
            headers.remove(ID).add(ID, message.id().getBytes(StandardCharsets.UTF_8));
        }
        return headers;
    }

    private static @Nullable String textOf(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : text(header.value());
    }

    /** Marks a record that waits: until when, and since when. Its timestamp is when it is due, as retention goes by that. */
    static void delay(Headers headers, long dueMillis, long nowMillis) {
        headers.add(DUE, Long.toString(dueMillis).getBytes(StandardCharsets.US_ASCII));
        headers.add(ENTERED, Long.toString(nowMillis).getBytes(StandardCharsets.US_ASCII));
    }

    /** {@return when a record is to be handed out, in milliseconds since the epoch; 0 for at once} */
    static long due(Headers headers) {
        return millis(headers, DUE, 0);
    }

    /** {@return when a record was stored, in milliseconds since the epoch} */
    static long entered(ConsumerRecord<byte[], byte[]> record) {
        return millis(record.headers(), ENTERED, record.timestamp());
    }

    private static long millis(Headers headers, String name, long otherwise) {
        String text = textOf(headers, name);
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    static void only(Headers headers, Optional<String> subscription) {
        subscription.ifPresent(name -> headers.add(ONLY, name.getBytes(StandardCharsets.UTF_8)));
    }

    /** {@return whether a record is for this subscription, or for all} */
    static boolean isFor(Headers headers, Optional<String> subscription) {
        String only = textOf(headers, ONLY);
        return only == null || subscription.isEmpty() || only.equals(subscription.get());
    }
}

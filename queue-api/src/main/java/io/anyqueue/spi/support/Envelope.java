package io.anyqueue.spi.support;

import io.anyqueue.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Writes messages as headers and a body, and reads them back: for brokers that know headers and nothing else. Stateless;
 * safe for use by any thread (rules SND-7, RCV-7).
 */
public final class Envelope {
    private Envelope() {}

    /**
     * Writes a message's fields and headers.
     *
     * @param message the message; its body is left to the caller
     * @return the headers for the wire, in their order
     */
    public static Map<String, String> headers(Message message) {
        Map<String, String> headers = new LinkedHashMap<>();
        EnvelopeFormat.write(message, headers::put);
        return headers;
    }

    /**
     * Writes a message's fields and headers, one after the other; no name comes twice.
     *
     * @param message the message; its body is left to the caller
     * @param into takes name and value of each header
     */
    public static void write(Message message, BiConsumer<String, String> into) {
        EnvelopeFormat.write(message, into);
    }

    /**
     * Reads a message. It never fails: headers of ours that are missing or broken, as those of foreign producers, are taken
     * for absent, and the rest is kept.
     *
     * @param headers the headers from the wire
     * @param body the body; not copied
     * @param stableId the id if there is none: the same whenever the broker hands this message out
     * @return the message
     */
    public static Message message(Map<String, String> headers, byte[] body, String stableId) {
        EnvelopeReader reader = new EnvelopeReader();
        headers.forEach(reader::header);
        return reader.message(body, () -> stableId);
    }
}

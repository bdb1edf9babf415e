package io.anyqueue.spi.support;

import io.anyqueue.Message;
import java.util.Map;

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
        return EnvelopeFormat.write(message);
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
        return EnvelopeFormat.read(headers, body, stableId);
    }
}

package io.anyqueue.conformance;

import io.anyqueue.spi.Endpoint;
import java.util.Map;

/** Reads and writes as a program does that does not know this library, with the broker's own client (rule RCV-7). */
public interface NativeAccess {
    /**
     * Writes a message to a queue or topic.
     *
     * @param target where to
     * @param headers the native headers, or what comes closest
     * @param body the body
     * @throws Exception if it cannot be written
     */
    void write(Endpoint target, Map<String, String> headers, byte[] body) throws Exception;
}

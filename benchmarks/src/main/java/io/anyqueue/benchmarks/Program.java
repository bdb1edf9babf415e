package io.anyqueue.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;

/** A program that sends to and consumes from one queue of a broker, connected until it is closed. */
interface Program extends AutoCloseable {
    /** What every message carries. */
    Map<String, String> HEADERS =
            Map.of("tenant", "north-west-4711", "trace", "00-4bf92f3577b34da6a3ce929d0e0e4736", "retry", "0");

    /** {@return what the report calls it} */
    String name();

    /** Sends one; waits where as many as may are in flight. Called by one thread. */
    void send(byte[] body) throws Exception;

    /** Returns when everything sent is confirmed; fails if anything was not. */
    void awaitConfirmed() throws Exception;

    /** Hands every message to the handler, which may block, on so many threads at once, and acknowledges each after that. */
    void consume(int concurrency, Consumer<byte[]> handler) throws Exception;

    @Override
    void close() throws IOException;

    /**
     * A queue to send to and consume from, which exists.
     *
     * @param url of the broker
     * @param name of the queue
     * @param ordered whether messages have one of {@link #KEYS} keys, and keep their order for each
     * @param inFlight how many messages may wait for their confirmation
     */
    record Target(String url, String name, boolean ordered, int inFlight) {
        static final int KEYS = 1_000;

        /** {@return the key of a message, which begins with its number} */
        static String key(byte[] body) {
            return "key-" + ByteBuffer.wrap(body).getLong() % KEYS;
        }
    }

    /** Connects to a queue. */
    interface Factory {
        Program open(Target target) throws Exception;
    }
}

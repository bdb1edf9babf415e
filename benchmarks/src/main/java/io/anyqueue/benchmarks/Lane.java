package io.anyqueue.benchmarks;

import java.util.function.Consumer;

/** A way for messages from one sender to one handler, each in a thread of its own. */
interface Lane extends AutoCloseable {
    /** {@return what the report calls it} */
    String name();

    /** Hands over a message; waits for room where the lane is bounded. */
    void send(byte[] body) throws InterruptedException;

    @Override
    void close();

    /** Opens a lane that hands every message to the handler. */
    interface Factory {
        Lane open(Consumer<byte[]> handler);
    }
}

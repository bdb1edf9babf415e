package io.anyqueue.rabbitmq.internal;

/** About how large the messages of a source are. Safe for use by any thread; the client library's alone adds. */
final class TypicalSize {
    private static final int FIRST_GUESS_BYTES = 16 * 1024;
    private static final int WEIGHT = 16;

    private volatile long bytes = FIRST_GUESS_BYTES;

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread
    void add(int size) {
        bytes += (size - bytes) / WEIGHT;
    }

    /** {@return at least 1} */
    long bytes() {
        return Math.max(1, bytes);
    }
}

package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Puts a thread's flushes off, so that many frames go to the system and to the server at once, which is a good part of what a small
 * message costs either. For frames without an answer alone: a question that is not flushed waits for ever. Each thread has its own.
 */
final class Flushes {
    private static final ThreadLocal<Flushes> OF_THREAD = ThreadLocal.withInitial(Flushes::new);

    private boolean puttingOff;
    private @Nullable FrameHandler waiting;

    private Flushes() {}

    static Flushes ofThread() {
        return OF_THREAD.get();
    }

    /** What writes to a connection. */
    interface Write {
        void run() throws IOException;
    }

    /** Writes without flushing. The thread calls {@link #flush} before it does anything that takes long. */
    void putOff(Write write) throws IOException {
        puttingOff = true;
        try {
            write.run();
        } finally {
            puttingOff = false;
        }
    }

    /** Flushes what was put off; it is on one connection. */
    void flush() throws IOException {
        FrameHandler flushed = waiting;
        if (flushed != null) {
            waiting = null;
            flushed.flush(null);
        }
    }

    boolean isPutOff(FrameHandler frames) {
        if (puttingOff) {
            waiting = frames;
        }
        return puttingOff;
    }
}

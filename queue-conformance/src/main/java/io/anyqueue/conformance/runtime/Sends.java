package io.anyqueue.conformance.runtime;

import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueException;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Sends one after the other, some hundred in a second, and what became of them. Each sender has a thread of its own. */
final class Sends {
    private static final int MOST = 50_000;
    private static final long PAUSE_NANOS = 2_000_000;

    private final Queue<String> confirmed = new ConcurrentLinkedQueue<>();
    private final Queue<String> unknown = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean end = new AtomicBoolean();

    /** Sends numbered texts until a send fails with this code. */
    void until(ErrorCode last, String prefix, MessageQueue<String> queue) {
        for (int i = 0; i < MOST && !end.get(); i++) {
            if (!send(prefix + i, queue, last)) {
                return;
            }
        }
    }

    /** Sends numbered texts until {@link #end}, whatever becomes of each. */
    void untilTheEnd(String prefix, MessageQueue<String> queue) {
        for (int i = 0; i < MOST && !end.get(); i++) {
            send(prefix + i, queue, ErrorCode.INTERNAL);
        }
    }

    private boolean send(String payload, MessageQueue<String> queue, ErrorCode last) {
        LockSupport.parkNanos(PAUSE_NANOS);
        try {
            queue.send(payload);
            confirmed.add(payload);
        } catch (QueueException e) {
            if (e.maybeStored()) {
                unknown.add(payload);
            } else if (e.code() != last && !e.retryable()) {
                unexpected.add(e);
            }
            return e.code() != last;
        } catch (RuntimeException e) {
            unexpected.add(e);
            return false;
        }
        return true;
    }

    void end() {
        end.set(true);
    }

    Set<String> confirmed() {
        return Set.copyOf(confirmed);
    }

    /** {@return those that may be stored} */
    Set<String> unknown() {
        return Set.copyOf(unknown);
    }

    List<Throwable> unexpected() {
        return List.copyOf(unexpected);
    }
}

package io.anyqueue.core.request;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.core.threads.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The questions that wait for their answers: bounded, and each with a deadline, for which there is one timer and not one per
 * question. Whoever takes a question out completes it. Called by threads that ask, by the scheduler, and by whatever thread
 * brings the result of a send.
 */
final class PendingRequests {
    static final int MOST = 10_000;

    private final Threads threads;
    private final Consumer<PendingRequest> overdue;
    private final long origin;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, PendingRequest> byId = new HashMap<>();
    private final TreeSet<PendingRequest> byDeadline = new TreeSet<>(
            Comparator.comparingLong((PendingRequest r) -> r.deadline).thenComparingLong(r -> r.sequence));
    /** When timers will ring that were set: a new one is only set to ring before all of them. */
    private final TreeSet<Long> rings = new TreeSet<>();

    private long sequence;
    private boolean closed;

    /** @param overdue takes questions whose time is up */
    PendingRequests(Threads threads, Consumer<PendingRequest> overdue) {
        this.threads = threads;
        this.overdue = overdue;
        this.origin = threads.time().nanoTime();
    }

    PendingRequest add(String id, String destination, Duration timeout) {
        lock.lock();
        try {
            if (closed) {
                throw new QueueException(ErrorCode.CLOSED, "the client is closed, nothing was sent to " + destination);
            }
            if (byId.size() >= MOST) {
                throw new QueueException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        MOST
                                + " requests of this client wait for their replies, which is the limit; nothing was sent to "
                                + destination);
            }
            PendingRequest added = new PendingRequest(id, destination, now() + Nanos.of(timeout), sequence++);
            byId.put(id, added);
            byDeadline.add(added);
            arm();
            return added;
        } finally {
            lock.unlock();
        }
    }

    /** {@return the question, which is the caller's from now on; null if it is answered, overdue or unknown} */
    @Nullable
    PendingRequest take(String id) {
        lock.lock();
        try {
            return remove(id);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable PendingRequest remove(String id) {
        PendingRequest removed = byId.remove(id);
        if (removed != null) {
            byDeadline.remove(removed);
        }
        return removed;
    }

    /** {@return all that were waiting; no more are taken in} */
    List<PendingRequest> close() {
        lock.lock();
        try {
            closed = true;
            List<PendingRequest> all = List.copyOf(byDeadline);
            byId.clear();
            byDeadline.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void arm() {
        if (byDeadline.isEmpty()) {
            return;
        }
        long due = byDeadline.first().deadline;
        if (!rings.isEmpty() && rings.first() <= due) {
            return;
        }
        // Without a timer the client is being closed, which ends all that wait.
        if (threads.later(() -> ring(due), Math.max(0, due - now()))) {
            rings.add(due);
        }
    }

    private void ring(long due) {
        List<PendingRequest> late = new ArrayList<>();
        lock.lock();
        try {
            rings.remove(due);
            long now = now();
            while (!byDeadline.isEmpty() && byDeadline.first().deadline <= now) {
                PendingRequest first = byDeadline.first();
                byDeadline.remove(first);
                byId.remove(first.id);
                late.add(first);
            }
            arm();
        } finally {
            lock.unlock();
        }
        late.forEach(overdue);
    }

    private long now() {
        return threads.time().nanoTime() - origin;
    }
}

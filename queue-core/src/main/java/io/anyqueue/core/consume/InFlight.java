package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Every job between its poll and its settlement, in the order they came: waiting, running, on hold or being settled. It is
 * the one budget, in messages and bytes (rule BKP-1). Safe for use by any thread.
 *
 * <p>The list runs through the jobs themselves, so that a message costs no node and no hash.
 */
final class InFlight {
    private final int maxMessages;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Job first;
    private @Nullable Job last;
    private int count;
    private long bytes;
    /** Rises with each that leaves, and with the first that comes: by that a stall is seen. */
    private long changes;

    InFlight(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    void add(List<Job> polled) {
        lock.lock();
        try {
            polled.forEach(this::append);
        } finally {
            lock.unlock();
        }
    }

    private void append(Job job) {
        if (count == 0) {
            changes++;
        }
        if (last == null) {
            first = job;
        } else {
            last.next(job);
            job.previous(last);
        }
        last = job;
        job.listed(true);
        count++;
        bytes += job.delivery().size();
    }

    /** Removing a job again does nothing: a late result may follow a loss. */
    void remove(Job job) {
        lock.lock();
        try {
            if (job.listed()) {
                unlink(job);
            }
        } finally {
            lock.unlock();
        }
    }

    private void unlink(Job job) {
        Job before = job.previous();
        Job after = job.next();
        if (before == null) {
            first = after;
        } else {
            before.next(after);
        }
        if (after == null) {
            last = before;
        } else {
            after.previous(before);
        }
        job.previous(null);
        job.next(null);
        job.listed(false);
        count--;
        changes++;
        bytes -= job.delivery().size();
    }

    /** {@return how many messages it has room for} */
    int most() {
        return maxMessages;
    }

    /** {@return how many bytes it has room for} */
    long mostBytes() {
        return maxBytes;
    }

    long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many more messages may be fetched; 0 if the bytes are used up} */
    int room() {
        lock.lock();
        try {
            return bytes >= maxBytes ? 0 : Math.max(0, maxMessages - count);
        } finally {
            lock.unlock();
        }
    }

    long roomBytes() {
        lock.lock();
        try {
            return Math.max(0, maxBytes - bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Visits all jobs under the lock; the visitor must neither block nor change this list. */
    void forEach(Consumer<Job> visitor) {
        lock.lock();
        try {
            for (Job job = first; job != null; job = job.next()) {
                visitor.accept(job);
            }
        } finally {
            lock.unlock();
        }
    }

    List<Job> select(Predicate<Job> which) {
        List<Job> selected = new ArrayList<>();
        forEach(job -> {
            if (which.test(job)) {
                selected.add(job);
            }
        });
        return selected;
    }
}

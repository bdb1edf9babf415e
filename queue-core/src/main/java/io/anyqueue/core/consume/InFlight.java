package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Every job between its poll and its settlement, in the order they came: waiting, running, on hold or being settled. It is
 * the one budget, in messages and bytes (rule BKP-1). Safe for use by any thread.
 */
final class InFlight {
    private final int maxMessages;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Job> jobs = new LinkedHashSet<>();
    private long bytes;

    InFlight(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    void add(List<Job> polled) {
        lock.lock();
        try {
            for (Job job : polled) {
                jobs.add(job);
                bytes += job.delivery().size();
            }
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it was there} */
    boolean remove(Job job) {
        lock.lock();
        try {
            return removeLocked(job);
        } finally {
            lock.unlock();
        }
    }

    void removeAll(List<Job> settled) {
        lock.lock();
        try {
            settled.forEach(this::removeLocked);
        } finally {
            lock.unlock();
        }
    }

    private boolean removeLocked(Job job) {
        boolean there = jobs.remove(job);
        if (there) {
            bytes -= job.delivery().size();
        }
        return there;
    }

    int size() {
        lock.lock();
        try {
            return jobs.size();
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many more messages may be fetched; 0 if the bytes are used up} */
    int room() {
        lock.lock();
        try {
            return bytes >= maxBytes ? 0 : Math.max(0, maxMessages - jobs.size());
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

    /** Visits all jobs under the lock; the visitor must not block. */
    void forEach(Consumer<Job> visitor) {
        lock.lock();
        try {
            jobs.forEach(visitor);
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

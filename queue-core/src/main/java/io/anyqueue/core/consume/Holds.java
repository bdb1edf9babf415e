package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.threads.Threads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Jobs that wait for their next run: a timer for the earliest, none per job. Called by worker threads; gives jobs back on the
 * scheduler's thread.
 */
final class Holds {
    private final Threads threads;
    private final Consumer<Job> due;
    private final long origin;
    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Job> jobs = new PriorityQueue<>(Comparator.comparingLong(this::dueSinceOrigin));
    /** When timers will ring that were set: a new one is only set to ring before all of them. */
    private final TreeSet<Long> rings = new TreeSet<>();

    Holds(Threads threads, Consumer<Job> due) {
        this.threads = threads;
        this.due = due;
        this.origin = threads.time().nanoTime();
    }

    private long dueSinceOrigin(Job job) {
        return job.dueNanos() - origin;
    }

    void add(Job job) {
        lock.lock();
        try {
            jobs.add(job);
            arm();
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it was on hold, and is not any more} */
    boolean remove(Job job) {
        lock.lock();
        try {
            return jobs.remove(job);
        } finally {
            lock.unlock();
        }
    }

    List<Job> waiting() {
        lock.lock();
        try {
            return new ArrayList<>(jobs);
        } finally {
            lock.unlock();
        }
    }

    private void arm() {
        Job first = jobs.peek();
        if (first == null || (!rings.isEmpty() && rings.first() <= dueSinceOrigin(first))) {
            return;
        }
        long ring = dueSinceOrigin(first);
        // Without a timer the client is being closed, and the jobs are given back with all others.
        if (threads.later(() -> fire(ring), Math.max(0, ring - now()))) {
            rings.add(ring);
        }
    }

    private void fire(long ring) {
        List<Job> ripe = new ArrayList<>();
        lock.lock();
        try {
            rings.remove(ring);
            long now = now();
            Job first = jobs.peek();
            while (first != null && dueSinceOrigin(first) <= now) {
                ripe.add(jobs.remove());
                first = jobs.peek();
            }
            arm();
        } finally {
            lock.unlock();
        }
        ripe.forEach(due);
    }

    private long now() {
        return threads.time().nanoTime() - origin;
    }
}

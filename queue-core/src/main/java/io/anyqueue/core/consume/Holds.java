package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.threads.Threads;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Jobs that wait for their next run: one timer for the earliest, none per job. Called by worker threads; gives jobs back on
 * the scheduler's thread.
 */
final class Holds {
    private final Threads threads;
    private final Consumer<Job> due;
    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Job> jobs;
    private long armedNanos = Long.MAX_VALUE;

    Holds(Threads threads, Consumer<Job> due) {
        this.threads = threads;
        this.due = due;
        long origin = threads.time().nanoTime();
        this.jobs = new PriorityQueue<>(Comparator.comparingLong(job -> job.dueNanos() - origin));
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

    int size() {
        lock.lock();
        try {
            return jobs.size();
        } finally {
            lock.unlock();
        }
    }

    private void arm() {
        Job first = jobs.peek();
        if (first == null || (armedNanos != Long.MAX_VALUE && armedNanos - first.dueNanos() <= 0)) {
            return;
        }
        armedNanos = first.dueNanos();
        long delay = Math.max(0, first.dueNanos() - threads.time().nanoTime());
        if (!threads.later(this::fire, delay)) {
            // The client is being closed: the jobs are given back with all others.
            armedNanos = Long.MAX_VALUE;
        }
    }

    private void fire() {
        List<Job> ripe = new ArrayList<>();
        lock.lock();
        try {
            armedNanos = Long.MAX_VALUE;
            long now = threads.time().nanoTime();
            Job first = jobs.peek();
            while (first != null && first.dueNanos() - now <= 0) {
                ripe.add(jobs.remove());
                first = jobs.peek();
            }
            arm();
        } finally {
            lock.unlock();
        }
        ripe.forEach(due);
    }
}

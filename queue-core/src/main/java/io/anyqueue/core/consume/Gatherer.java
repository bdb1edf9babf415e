package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.core.threads.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes batches of jobs that could run: a full one at once, another one when its oldest job has waited long enough. No worker
 * waits for that: a timer for the oldest wakes one. Called by worker threads.
 */
final class Gatherer {
    private final Threads threads;
    private final Dispatcher dispatcher;
    private final int most;
    private final long waitNanos;
    private final Runnable wake;
    private final ReentrantLock lock = new ReentrantLock();
    private List<Job> gathered = new ArrayList<>();
    /** Since when the oldest of them could run. */
    private long sinceNanos;

    private boolean armed;
    private long ringNanos;

    /** @param wake sees to it that a worker looks */
    Gatherer(Threads threads, Dispatcher dispatcher, int most, Duration wait, Runnable wake) {
        this.threads = threads;
        this.dispatcher = dispatcher;
        this.most = most;
        this.waitNanos = Nanos.of(wait);
        this.wake = wake;
    }

    /** {@return a batch to run now; empty if there is none yet} */
    List<Job> next() {
        lock.lock();
        try {
            gather();
            if (gathered.isEmpty()) {
                return List.of();
            }
            if (gathered.size() < most && !waitedEnough()) {
                arm();
                return List.of();
            }
            List<Job> batch = gathered;
            gathered = new ArrayList<>();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void gather() {
        while (gathered.size() < most) {
            Job job = dispatcher.next();
            if (job == null) {
                return;
            }
            if (gathered.isEmpty() || job.dueNanos() - sinceNanos < 0) {
                sinceNanos = job.dueNanos();
            }
            gathered.add(job);
        }
    }

    private boolean waitedEnough() {
        return threads.time().nanoTime() - sinceNanos >= waitNanos;
    }

    private void arm() {
        long ring = sinceNanos + waitNanos;
        if (armed && ringNanos - ring <= 0) {
            return;
        }
        // Without a timer the client is being closed, and the jobs are given back with all others.
        if (threads.later(() -> rang(ring), Math.max(0, ring - threads.time().nanoTime()))) {
            armed = true;
            ringNanos = ring;
        }
    }

    private void rang(long ring) {
        lock.lock();
        try {
            armed = armed && ringNanos != ring;
        } finally {
            lock.unlock();
        }
        wake.run();
    }

    /** {@return about how many batches could begin now} What nobody has looked at yet may be one. */
    int startable() {
        lock.lock();
        try {
            int unseen = dispatcher.ready();
            int all = gathered.size() + unseen;
            boolean last = unseen > 0 || (!gathered.isEmpty() && waitedEnough());
            return all / most + (all % most > 0 && last ? 1 : 0);
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return gathered.size() + dispatcher.ready();
        } finally {
            lock.unlock();
        }
    }
}

package io.anyqueue.core.consume;

import java.time.Duration;

/**
 * How many messages may wait to be started: what the handlers get through in 50 ms, and never more than they can start within
 * a third of the lease (rule RCV-6). Read and written without a lock: an estimate may be a little old.
 */
final class Prefetch {
    private static final long AHEAD_NANOS = 50_000_000;
    private static final int MAX = 1_000;
    private static final int WEIGHT = 16;

    private final long thirdOfLeaseNanos;
    private volatile int concurrency;
    private volatile long meanNanos = -1;

    Prefetch(Duration lease, int concurrency) {
        this.thirdOfLeaseNanos = lease.toNanos() / 3;
        this.concurrency = concurrency;
    }

    void concurrency(int handlers) {
        concurrency = handlers;
    }

    /** Learns from a run. */
    void observe(long runNanos) {
        long mean = meanNanos;
        meanNanos = mean < 0 ? runNanos : mean + (runNanos - mean) / WEIGHT;
    }

    int target() {
        long mean = meanNanos;
        if (mean < 0) {
            return 2 * concurrency;
        }
        long ahead = concurrency * Math.min(AHEAD_NANOS, thirdOfLeaseNanos) / Math.max(1, mean);
        return (int) Math.max(concurrency, Math.min(MAX, ahead));
    }
}

package io.anyqueue.core.consume;

import io.anyqueue.core.threads.Nanos;
import java.time.Duration;

/**
 * How many messages may wait to be started: what the handlers get through in 50 ms, and never more than they can start within
 * a third of the lease (rule RCV-6). Read and written without a lock: an estimate may be a little old.
 */
final class Prefetch {
    private static final long AHEAD_NANOS = 50_000_000;
    private static final int MAX = 1_000;
    private static final int WEIGHT = 16;

    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final long aheadNanos;
    private final long patienceNanos;
    private volatile long meanNanos = -1;

    Prefetch(Duration lease) {
        this.aheadNanos = Math.min(AHEAD_NANOS, Nanos.of(lease) / 3);
        this.patienceNanos = Math.min(PATIENCE_NANOS, Nanos.of(lease) / 3);
    }

    /** Learns from a run. */
    void observe(long runNanos) {
        long mean = meanNanos;
        meanNanos = mean < 0 ? runNanos : mean + (runNanos - mean) / WEIGHT;
    }

    /** {@return for how long less has to be enough before less is asked for} */
    long patienceNanos() {
        return patienceNanos;
    }

    /**
     * {@return how many may wait} At least what free workers can start now: a busy consumer takes none that an idle one could
     * run.
     */
    int target(int workers, int free) {
        long mean = meanNanos;
        long ahead = mean < 0 ? 0 : workers * aheadNanos / Math.max(1, mean);
        return (int) Math.max(free, Math.min(MAX, ahead));
    }
}

package io.anyqueue.core.consume;

import io.anyqueue.core.metrics.ConsumeMetrics;
import java.util.concurrent.TimeUnit;

/** Learns how long runs of the handler take, and acts on it. Called by worker threads. */
final class Pace {
    /** After a slow handler acknowledgements do not wait for their batch. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ConsumeMetrics metrics;
    private final Prefetch prefetch;
    private final Settler settler;

    Pace(ConsumeMetrics metrics, Prefetch prefetch, Settler settler) {
        this.metrics = metrics;
        this.prefetch = prefetch;
        this.settler = settler;
    }

    /** A run is over and its outcome applied. */
    void ran(long tookNanos) {
        metrics.runs.increment();
        metrics.runNanos.add(tookNanos);
        prefetch.observe(tookNanos);
        if (tookNanos > SLOW_NANOS) {
            settler.flush();
        }
    }
}

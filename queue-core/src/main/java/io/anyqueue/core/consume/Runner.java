package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;

/** Runs jobs on the calling worker: one at a time, or batches of them. Safe for use by any thread. */
interface Runner {
    /** There was nothing to run. */
    long NOTHING = Long.MIN_VALUE;

    /**
     * Runs what is next.
     *
     * @param nowNanos the time
     * @return when it ended, or {@link #NOTHING}
     */
    long runNext(long nowNanos);

    /**
     * Runs one job by itself.
     *
     * @param nowNanos the time
     * @return when it ended
     */
    long run(Job job, long nowNanos);

    /** {@return about how many runs could begin now} */
    int startable();

    /** {@return about how many polled jobs wait for their run} */
    int waiting();
}

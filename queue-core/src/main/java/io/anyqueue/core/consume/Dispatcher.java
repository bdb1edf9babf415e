package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides which job a worker runs next. Safe for use by any thread; no method blocks. */
interface Dispatcher {
    /** Takes jobs that were just polled, in their order. */
    void add(List<Job> polled);

    /** Takes a job back that was on hold. */
    void again(Job job);

    /** {@return a job to run now, or null} */
    @Nullable
    Job next();

    /** Says that no run of the job will follow, so that what waits behind it may run. */
    void finished(Job job);

    /** {@return about how many jobs could be run now} */
    int ready();
}

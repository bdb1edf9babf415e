package io.anyqueue.core.consume;

import io.anyqueue.core.failure.Outcome;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Pipeline;
import io.anyqueue.core.threads.Threads;

/** Runs one job at a time. Called by worker threads. */
final class SingleRunner implements Runner {
    private final Threads threads;
    private final Dispatcher dispatcher;
    private final Pipeline pipeline;
    private final Admission admission;
    private final Outcomes outcomes;
    private final Pace pace;

    SingleRunner(
            Threads threads,
            Dispatcher dispatcher,
            Pipeline pipeline,
            Admission admission,
            Outcomes outcomes,
            Pace pace) {
        this.threads = threads;
        this.dispatcher = dispatcher;
        this.pipeline = pipeline;
        this.admission = admission;
        this.outcomes = outcomes;
        this.pace = pace;
    }

    @Override
    public long runNext(long nowNanos) {
        Job job = dispatcher.next();
        if (job == null) {
            return NOTHING;
        }
        return admission.sendsToWait(job) ? nowNanos : run(job, nowNanos);
    }

    @Override
    public long run(Job job, long nowNanos) {
        if (!job.start(Thread.currentThread(), nowNanos)) {
            dispatcher.finished(job);
            return nowNanos;
        }
        if (!admission.admit(job)) {
            return nowNanos;
        }
        Outcome outcome = pipeline.run(job);
        if (job.isLost()) {
            outcomes.drop(job);
        } else {
            outcomes.apply(job, outcome);
        }
        // An interrupt that came as the handler ended must not hit the next one.
        Thread.interrupted();
        long end = threads.time().nanoTime();
        pace.ran(end - nowNanos);
        return end;
    }

    @Override
    public int startable() {
        return dispatcher.ready();
    }

    @Override
    public int waiting() {
        return dispatcher.ready();
    }
}

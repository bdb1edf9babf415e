package io.anyqueue.core.consume;

import io.anyqueue.core.failure.Outcome;
import io.anyqueue.core.pipeline.BatchPipeline;
import io.anyqueue.core.pipeline.BatchRun;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.threads.Threads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Runs batches, and a batch that failed again in halves (rule RTY-1). Between two runs the jobs wait, so that they can be
 * given back or lost like any other that was not started. Called by worker threads.
 */
final class BatchRunner implements Runner {
    private final Threads threads;
    private final Gatherer gatherer;
    private final Dispatcher dispatcher;
    private final BatchPipeline pipeline;
    private final Admission admission;
    private final Outcomes outcomes;
    private final Pace pace;
    private final BooleanSupplier stopped;

    /** @param stopped whether nothing may be started any more */
    BatchRunner(
            Threads threads,
            Gatherer gatherer,
            Dispatcher dispatcher,
            BatchPipeline pipeline,
            Admission admission,
            Outcomes outcomes,
            Pace pace,
            BooleanSupplier stopped) {
        this.threads = threads;
        this.gatherer = gatherer;
        this.dispatcher = dispatcher;
        this.pipeline = pipeline;
        this.admission = admission;
        this.outcomes = outcomes;
        this.pace = pace;
        this.stopped = stopped;
    }

    @Override
    public long runNext(long nowNanos) {
        List<Job> batch = gatherer.next();
        if (batch.isEmpty()) {
            return NOTHING;
        }
        batch.removeIf(admission::sendsToWait);
        return runInParts(batch, nowNanos);
    }

    @Override
    public long run(Job job, long nowNanos) {
        return runInParts(List.of(job), nowNanos);
    }

    private long runInParts(List<Job> batch, long nowNanos) {
        Deque<List<Job>> parts = new ArrayDeque<>();
        parts.push(batch);
        long now = nowNanos;
        // What is left when it is stopped waits, and so is given back with all that was not started.
        while (!parts.isEmpty() && !stopped.getAsBoolean()) {
            now = run(parts.pop(), now, parts);
        }
        return now;
    }

    private long run(List<Job> part, long nowNanos, Deque<List<Job>> parts) {
        List<Job> started = start(part, nowNanos);
        if (started.isEmpty()) {
            return nowNanos;
        }
        List<Job> again = new ArrayList<>();
        for (Job job : pipeline.run(started, this::settle)) {
            if (job.isLost()) {
                outcomes.drop(job);
            } else {
                job.waitAgain();
                again.add(job);
            }
        }
        // No job of this run is running any more: an interrupt that came late must not hit the next one.
        Thread.interrupted();
        long end = threads.time().nanoTime();
        pace.ran(end - nowNanos);
        halve(again, parts);
        return end;
    }

    private List<Job> start(List<Job> part, long nowNanos) {
        BatchRun run = new BatchRun(Thread.currentThread(), part.size());
        List<Job> started = new ArrayList<>(part.size());
        for (Job job : part) {
            if (!job.start(run, nowNanos)) {
                run.left();
                dispatcher.finished(job);
            } else if (admission.admit(job)) {
                started.add(job);
            }
        }
        return started;
    }

    private void settle(Job job, Outcome outcome) {
        if (job.isLost()) {
            outcomes.drop(job);
        } else {
            outcomes.apply(job, outcome);
        }
    }

    /** In order: the first half is run first. */
    private static void halve(List<Job> jobs, Deque<List<Job>> parts) {
        int half = (jobs.size() + 1) / 2;
        if (half < jobs.size()) {
            parts.push(jobs.subList(half, jobs.size()));
        }
        if (half > 0) {
            parts.push(jobs.subList(0, half));
        }
    }

    @Override
    public int startable() {
        return gatherer.startable();
    }

    @Override
    public int waiting() {
        return gatherer.waiting();
    }
}

package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.core.threads.Nanos;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sees when a consumer that holds messages finishes none, and finds out why (rules LIF-4, ORD-2). Looks at what is there
 * already: messages pay nothing for it. Called by the scheduler, and by whoever asks.
 */
final class Stall {
    /** Nothing is said of a moment without progress. */
    private static final long MOMENT_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Waiting for a retry or for the broker is no stall at first. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Source source;
    private final InFlight inFlight;
    private final Holds holds;
    private final Duration timeout;
    private long seen = -1;
    private long progressNanos;

    Stall(Source source, InFlight inFlight, Holds holds, Duration timeout) {
        this.source = source;
        this.inFlight = inFlight;
        this.holds = holds;
        this.timeout = timeout;
    }

    /**
     * Why there is no progress.
     *
     * @param sinceMillis since when, in milliseconds since the epoch
     * @param what the reason
     */
    record Reason(long sinceMillis, String what) {}

    /** {@return how long ago a message was last finished or, with none held, the first one came; 0 with nothing to finish} */
    synchronized long idleNanos() {
        long now = source.time().nanoTime();
        long changes = inFlight.changes();
        if (changes != seen || inFlight.size() == 0) {
            seen = changes;
            progressNanos = now;
        }
        return now - progressNanos;
    }

    /**
     * Looks for the reason.
     *
     * @param explained whether it is known already that something is wrong: then only what is certain is added
     * @return the reason, or null if things go on
     */
    @Nullable
    Reason reason(boolean explained) {
        long idle = idleNanos();
        long now = source.time().nanoTime();
        List<Job> jobs = inFlight.select(any -> true);
        for (Job job : jobs) {
            long ran = now - job.startedNanos();
            if (job.isRunning() && ran > Nanos.of(timeout) + MOMENT_NANOS) {
                return since(
                        ran,
                        "the handler of message " + id(job) + " runs longer than its time-out of " + timeout
                                + " and ignores its interrupt");
            }
        }
        boolean busy = idle < MOMENT_NANOS || jobs.isEmpty() || jobs.stream().anyMatch(Job::isRunning);
        String why = busy ? null : waiting(explained ? 0 : idle, jobs);
        return why == null ? null : since(idle, why);
    }

    private @Nullable String waiting(long idle, List<Job> jobs) {
        List<Job> held = holds.waiting();
        if (inFlight.room() == 0 && !held.isEmpty()) {
            return stuck(held, jobs.size());
        }
        if (idle < PATIENCE_NANOS) {
            return null;
        }
        Job oldest = jobs.get(0);
        if (oldest.isMoving()) {
            return "waits for the broker to store what follows message " + id(oldest);
        }
        if (oldest.isOver()) {
            return "waits for the broker to settle message " + id(oldest);
        }
        return held.contains(oldest)
                ? "waits for the next run of message " + id(oldest)
                : "no worker takes message " + id(oldest);
    }

    private String stuck(List<Job> held, int all) {
        long keys = held.stream().map(job -> job.delivery().lane()).distinct().count();
        String what = source.spec().ordered() ? keys + " stuck keys hold" : held.size() + " messages on hold are";
        return what + " all that it may hold, " + all + " messages; message " + id(held.get(0)) + " is one of those";
    }

    private Reason since(long agoNanos, String what) {
        return new Reason(source.time().currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(agoNanos), what);
    }

    private static String id(Job job) {
        return job.delivery().message().id();
    }
}

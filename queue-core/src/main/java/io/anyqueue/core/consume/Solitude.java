package io.anyqueue.core.consume;

import io.anyqueue.Feature;
import io.anyqueue.core.pipeline.CrashLimit;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.core.threads.Nanos;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a message that may kill its process run with no other beside it, so that its neighbours are not condemned with it
 * (rule DLQ-3). Called by workers and the scheduler; while there is no suspect it costs one volatile read per job.
 *
 * <p>While a suspect waits for its turn nothing else is started or fetched; what is held is given back first, uncounted.
 * Neither its wait nor its turn lasts longer than the handler's time-out: then the others go on.
 */
final class Solitude {
    private static final Logger LOG = LoggerFactory.getLogger(Solitude.class);
    /** How long the others run before a suspect that could not be alone asks again. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** A handler that was interrupted may need a moment to end. */
    private static final long MARGIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Source source;
    private final InFlight inFlight;
    private final PollLoop pollLoop;
    private final Returns returns;
    private final Holds holds;
    private final Runnable wake;
    private final CrashLimit crashLimit;
    private final long limitNanos;
    private final boolean othersGoBack;
    private volatile @Nullable Job suspect;
    private volatile long sinceNanos;
    private volatile boolean runs;

    Solitude(
            Source source,
            InFlight inFlight,
            PollLoop pollLoop,
            Returns returns,
            Holds holds,
            Duration timeout,
            Runnable wake) {
        this.source = source;
        this.inFlight = inFlight;
        this.pollLoop = pollLoop;
        this.returns = returns;
        this.holds = holds;
        this.wake = wake;
        this.crashLimit = CrashLimit.of(source.capabilities());
        this.limitNanos = Nanos.of(timeout) + MARGIN_NANOS;
        // Where a release counts as a crash, giving back would condemn them as well.
        this.othersGoBack = source.capabilities().has(Feature.CRASH_COUNT);
    }

    /** {@return whether a suspect runs or waits to run, and nothing else may be started} */
    boolean isWanted() {
        return suspect != null;
    }

    /** {@return whether its handler would run, and it may be one that kills its process} */
    boolean isSuspect(Job job) {
        return crashLimit.isSuspect(job.delivery()) && job.decided() == null;
    }

    /** {@return whether the job, which was just started, must not run beside or before a suspect} */
    boolean keepsOut(Job job) {
        Job wanted = suspect;
        return wanted != null && wanted != job;
    }

    /** {@return whether the job now waits for its turn here, as no other does} The caller must not start it. */
    boolean ask(Job job) {
        if (!claim(job)) {
            return false;
        }
        pollLoop.hold(PollLoop.Cause.SUSPECT);
        LOG.info(
                "{}: message {} was there in {} crashes; it runs alone",
                source.name(),
                job.delivery().message().id(),
                job.delivery().crashes());
        return true;
    }

    private synchronized boolean claim(Job job) {
        if (suspect != null) {
            return false;
        }
        sinceNanos = source.time().nanoTime();
        runs = false;
        suspect = job;
        return true;
    }

    /** {@return the suspect, once, when it is alone or was taken away} */
    @Nullable
    Job turn() {
        Job job = suspect;
        if (job == null || runs) {
            return null;
        }
        if (othersGoBack) {
            returns.giveBack(other -> other != job && other.decided() == null);
        }
        return take(job);
    }

    private synchronized @Nullable Job take(Job job) {
        if (suspect != job || runs || isAnyAtWork(job)) {
            return null;
        }
        runs = true;
        sinceNanos = source.time().nanoTime();
        return job;
    }

    /** What runs, is being stored or settled: all of that is in danger. What merely waits stays behind on purpose. */
    private boolean isAnyAtWork(Job job) {
        return !inFlight.select(other -> other != job && !other.isWaiting()).isEmpty();
    }

    /** The suspect's run is over, or it is gone. */
    synchronized void end(Job job) {
        if (suspect == job) {
            suspect = null;
            runs = false;
            pollLoop.letGo(PollLoop.Cause.SUSPECT);
        }
    }

    /** To be called often while it is wanted: ends what lasts too long, and sees to it that somebody looks. */
    void look(long nowNanos) {
        Job job = suspect;
        if (job == null) {
            return;
        }
        boolean ran = runs;
        if (isOverdue(job, ran, nowNanos)) {
            LOG.warn(
                    "{}: message {} {}; others go on",
                    source.name(),
                    job.delivery().message().id(),
                    ran ? "runs longer than its time-out" : "is to run alone, and another handler does not end");
            end(job);
            if (!ran) {
                job.dueNanos(nowNanos + PAUSE_NANOS);
                holds.add(job);
            }
        }
        if (!runs) {
            wake.run();
        }
    }

    private boolean isOverdue(Job job, boolean ran, long nowNanos) {
        boolean late = nowNanos - sinceNanos > limitNanos;
        return late
                || (!ran
                        && !inFlight.select(other -> other != job && isStuck(other, nowNanos))
                                .isEmpty());
    }

    private boolean isStuck(Job job, long nowNanos) {
        return job.isRunning() && nowNanos - job.startedNanos() > limitNanos;
    }
}

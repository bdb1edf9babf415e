package io.anyqueue.core.consume;

import io.anyqueue.LeaseModel;
import io.anyqueue.QueueException;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all jobs every few milliseconds while there are any: prolongs leases, interrupts handlers that run too long, and
 * sends acknowledgements that wait (rules RCV-3, RCV-6). One scan, no timer per message. Runs on the scheduler's thread.
 */
final class LeaseKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final long MIN_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long MAX_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How often an extension without a result is asked for again. */
    private static final int EXTENSIONS_PER_LEASE = 10;

    private final Source source;
    private final Threads threads;
    private final InFlight inFlight;
    private final Receiver receiver;
    private final Settler settler;
    private final Losses losses;
    private final Solitude solitude;
    private final Stall stall;
    private final long timeoutNanos;
    private final long leaseNanos;
    private final long keptNanos;
    private final boolean extendable;
    private final long tickNanos;
    private final AtomicBoolean scheduled = new AtomicBoolean();

    LeaseKeeper(
            Source source,
            Threads threads,
            InFlight inFlight,
            Receiver receiver,
            Settler settler,
            Losses losses,
            Solitude solitude,
            Stall stall,
            Duration timeout,
            Duration leaseMax) {
        this.source = source;
        this.threads = threads;
        this.inFlight = inFlight;
        this.receiver = receiver;
        this.settler = settler;
        this.losses = losses;
        this.solitude = solitude;
        this.stall = stall;
        this.timeoutNanos = Nanos.of(timeout);
        this.leaseNanos = Nanos.of(source.spec().lease());
        this.keptNanos = Math.max(Nanos.of(leaseMax), timeoutNanos);
        this.extendable = source.capabilities().leases() == LeaseModel.PER_DELIVERY;
        this.tickNanos =
                Math.max(MIN_TICK_NANOS, Math.min(MAX_TICK_NANOS, Math.min(leaseNanos / 6, timeoutNanos / 10)));
    }

    /** To be called when jobs were added: without any it rests. */
    void wake() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            schedule();
        }
    }

    private void schedule() {
        if (!threads.later(this::tick, tickNanos)) {
            scheduled.set(false);
        }
    }

    /** Nothing may keep the next scan from coming: without it leases end and handlers are not interrupted. */
    private void tick() {
        try {
            scan();
            settler.flush();
            solitude.look(threads.time().nanoTime());
            stall.idleNanos();
        } catch (Throwable e) {
            LOG.error("{}: a scan of the leases failed; the next one follows", source.name(), e);
        } finally {
            scheduled.set(false);
            if (inFlight.size() > 0) {
                wake();
            }
        }
    }

    private void scan() {
        long now = threads.time().nanoTime();
        List<Job> expiring = new ArrayList<>();
        List<Job> ending = new ArrayList<>();
        inFlight.forEach(job -> {
            interruptOverdue(job, now);
            if (extendable && !job.isLost()) {
                if (endsBeforeNextLook(job, now)) {
                    ending.add(job);
                } else if (expires(job, now)) {
                    expiring.add(job);
                }
            }
        });
        ending.forEach(job -> end(job, now));
        extend(expiring, now);
    }

    private void extend(List<Job> expiring, long now) {
        List<Delivery> toExtend = new ArrayList<>();
        for (Job job : expiring) {
            if (!isKeptTooLong(job, now)) {
                job.extensionAsked(now);
                toExtend.add(job.delivery());
            }
        }
        if (!toExtend.isEmpty()) {
            receiver.extend(toExtend, new Extended(now + leaseNanos));
        }
    }

    private void interruptOverdue(Job job, long now) {
        if (!job.isRunning() || job.interrupted() != null) {
            return;
        }
        long begun = job.startedNanos();
        if (now - begun > timeoutNanos && job.timeOut(begun)) {
            source.metrics().timeouts.increment();
        }
    }

    /** A handler must hear of it before another consumer can have the message. */
    private boolean endsBeforeNextLook(Job job, long now) {
        long left = job.leaseUntilNanos() - now;
        return left <= 0 || (left <= tickNanos && (job.isExtensionAsked() || isKeptTooLong(job, now)));
    }

    /** What is over waits for a result only: to prolong its lease would keep the message from everyone if none comes. */
    private boolean expires(Job job, long now) {
        return !job.isOver()
                && job.leaseUntilNanos() - now <= leaseNanos * 2 / 3
                && job.mayExtend(now, leaseNanos / EXTENSIONS_PER_LEASE);
    }

    /** Only a handler that does not end may lose its lease: what waits or is on hold has done nothing wrong. */
    private boolean isKeptTooLong(Job job, long now) {
        return job.isRunning() && now - job.startedNanos() > keptNanos;
    }

    /** By our own clock, as a broker that is away cannot tell (rules RCV-3, RCV-4). */
    private void end(Job job, long now) {
        if (job.isOver()) {
            settler.unanswered(job.delivery());
        } else if (!job.isLost()) {
            LOG.warn(
                    "{}: the lease of message {} ends, as {}; it is delivered again",
                    source.name(),
                    job.delivery().message().id(),
                    isKeptTooLong(job, now)
                            ? "its handler has run for longer than " + Duration.ofNanos(keptNanos)
                            : "the broker has not prolonged it");
            losses.lost(job);
        }
    }

    /** Takes the results of extensions. */
    private final class Extended implements Receiver.Results {
        private final long untilNanos;

        Extended(long untilNanos) {
            this.untilNanos = untilNanos;
        }

        @Override
        public void done(Delivery delivery) {
            Settler.job(delivery).extended(untilNanos);
        }

        /** Of a job that was settled meanwhile it says nothing: its settlement has a result of its own. */
        @Override
        public void stale(Delivery delivery) {
            Job job = Settler.job(delivery);
            if (!job.isOver()) {
                losses.lost(job);
            }
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            LOG.warn(
                    "{}: the lease of message {} could not be prolonged yet",
                    source.name(),
                    delivery.message().id(),
                    why);
        }
    }
}

package io.anyqueue.core.consume;

import io.anyqueue.Feature;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.core.failure.DeadLetterReason;
import io.anyqueue.core.failure.Outcome;
import io.anyqueue.core.metrics.ConsumeMetrics;
import io.anyqueue.core.parking.ParkedKeys;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.core.request.Replies;
import io.anyqueue.core.send.Failures;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the pipeline decided: settles, holds or moves the job, and lets go of its lane. Called by the worker that
 * ran the job.
 */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);
    private static final Duration FIRST_MOVE_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_MOVE_PAUSE = Duration.ofSeconds(30);

    private final Source source;
    private final ConsumeMetrics metrics;
    private final Dispatcher dispatcher;
    private final Holds holds;
    private final Settler settler;
    private final Mover mover;
    private final Outage outage;
    private final Halt halt;
    private final Runnable wake;
    private final boolean keepsAttempts;

    /** @param wake sees to it that a worker looks, when a lane moves on behind another thread's back */
    Outcomes(
            Source source,
            Dispatcher dispatcher,
            Holds holds,
            Settler settler,
            Mover mover,
            Outage outage,
            Halt halt,
            Runnable wake) {
        this.source = source;
        this.metrics = source.metrics();
        this.dispatcher = dispatcher;
        this.holds = holds;
        this.settler = settler;
        this.mover = mover;
        this.outage = outage;
        this.halt = halt;
        this.wake = wake;
        this.keepsAttempts = source.capabilities().has(Feature.DELAYED_RELEASE)
                && source.capabilities().has(Feature.ATTEMPTS_KEPT);
    }

    /** The job's run is over, but its state is still running: only here it moves on. Never throws. */
    void apply(Job job, Outcome outcome) {
        try {
            carryOut(job, outcome);
        } catch (Throwable e) {
            LOG.error("{}: the adapter failed on message {}; its lease is left to end", source.name(), id(job), e);
            drop(job);
        }
    }

    private void carryOut(Job job, Outcome outcome) {
        if (showsAllIsThere(outcome)) {
            outage.over(Trouble.Kind.AWAY);
        }
        if (outcome instanceof Outcome.Hold hold) {
            hold(job, hold.after());
            metrics.retried.increment();
            return;
        }
        if (outcome instanceof Outcome.Ack ack && ack.sends().isEmpty()) {
            done(job, outcome, metrics.acknowledged::increment);
        } else if (outcome instanceof Outcome.Ack ack) {
            move(job, outcome, ack.sends(), metrics.acknowledged::increment);
        } else if (outcome instanceof Outcome.DeadLetter deadLetter) {
            deadLetter(job, deadLetter);
        } else if (outcome instanceof Outcome.Drop drop) {
            drop(job, drop);
        } else if (outcome instanceof Outcome.Retry retry) {
            retry(job, retry);
        } else if (outcome instanceof Outcome.Release release) {
            release(job, release.after());
        } else if (outcome instanceof Outcome.Away away) {
            outage.away(away.what(), away.why());
            release(job, away.after());
        } else if (outcome instanceof Outcome.Fatal fatal) {
            halt.now(job, fatal.error());
        }
    }

    /** What is given up may not have come as far as the store. */
    private static boolean showsAllIsThere(Outcome outcome) {
        return !(outcome instanceof Outcome.Away
                || outcome instanceof Outcome.DeadLetter
                || outcome instanceof Outcome.Drop);
    }

    /** Gives a job back that must not be run here now. */
    void refuse(Job job) {
        try {
            release(job, Duration.ZERO);
        } catch (RuntimeException e) {
            LOG.error("{}: the adapter failed on message {}; its lease is left to end", source.name(), id(job), e);
            drop(job);
        }
    }

    /** Lets go of a job without settling it: a lost one is somebody else's already (rule RCV-3). */
    void drop(Job job) {
        job.finish();
        dispatcher.finished(job);
        settler.forget(job);
    }

    private void acknowledge(Job job) {
        job.finish();
        settler.ack(job);
        dispatcher.finished(job);
    }

    private void hold(Job job, Duration after) {
        job.dueNanos(source.time().nanoTime() + Nanos.of(after));
        job.waitAgain();
        holds.add(job);
    }

    /** Where the broker cannot wait that long or would count it as a crash, the wait is here; so it is where order matters. */
    private void release(Job job, Duration after) {
        metrics.released.increment();
        boolean waitsThere = !outage.releasesCount()
                && !source.spec().ordered()
                && source.capabilities().has(Feature.DELAYED_RELEASE)
                && after.compareTo(source.capabilities().limits().maxRelease()) <= 0;
        if (after.isZero() || waitsThere) {
            giveBack(job, after);
        } else {
            hold(job, after);
        }
    }

    private void giveBack(Job job, Duration after) {
        job.finish();
        settler.release(
                List.of(new Receiver.Release(job.delivery(), after, job.attempts(), job.firstFailedAtMillis())));
        dispatcher.finished(job);
    }

    /** Where the broker cannot wait that long or forgets the attempts, a copy that knows them takes the message's place. */
    private void retry(Job job, Outcome.Retry retry) {
        boolean inPlace = keepsAttempts
                && retry.after().compareTo(source.capabilities().limits().maxRelease()) <= 0;
        if (inPlace) {
            metrics.retried.increment();
            giveBack(job, retry.after());
            return;
        }
        Message original = job.delivery().message();
        long now = source.time().currentTimeMillis();
        Message copy = original.toBuilder()
                .deliverAtMillis(now + retry.after().toMillis())
                .history(new History(job.attempts(), job.delivery().deliveries(), job.firstFailedAtMillis()))
                .build();
        move(job, retry, List.of(new Receiver.Forward(source.spec(), copy)), metrics.retried::increment);
    }

    /** Done with; if it was the first of a parked key, the next one follows. */
    private void done(Job job, Outcome outcome, Runnable count) {
        ParkedKeys parked = source.parked();
        if (parked == null || !DeadLetterFormat.isHead(job.delivery().message())) {
            count.run();
            acknowledge(job);
            return;
        }
        advance(job, outcome, parked, count);
    }

    /** The send may take its time, and keeps no worker. */
    private void advance(Job job, Outcome outcome, ParkedKeys parked, Runnable count) {
        CompletionStage<?> sent;
        try {
            sent = parked.sendNext(job.delivery());
        } catch (RuntimeException e) {
            notStored(job, outcome, Failures.of(e));
            return;
        }
        job.move();
        sent.whenComplete((id, failure) -> {
            if (failure == null) {
                store(job, outcome, () -> parked.leave(job.delivery()), count);
            } else {
                notStored(job, outcome, Failures.of(failure));
            }
            wake.run();
        });
    }

    /** Stores something on this thread before the acknowledgement. */
    private void store(Job job, Outcome outcome, Runnable step, Runnable count) {
        try {
            step.run();
        } catch (RuntimeException e) {
            notStored(job, outcome, Failures.of(e));
            return;
        }
        count.run();
        outage.over(Trouble.Kind.MOVE);
        acknowledge(job);
    }

    private void deadLetter(Job job, Outcome.DeadLetter outcome) {
        Message letter = DeadLetterFormat.write(
                job.delivery(),
                job.attempts(),
                job.firstFailedAtMillis(),
                outcome,
                source.time().currentTimeMillis());
        boolean follows = outcome.reason() == DeadLetterReason.KEY_PARKED;
        List<Receiver.Forward> out = new ArrayList<>();
        out.addAll(follows ? List.of() : fault(job, outcome.reason().name(), outcome.failure()));
        ParkedKeys parked = source.parked();
        if (parked == null) {
            out.add(0, new Receiver.Forward(source.deadLetters(), letter));
            move(job, outcome, out, () -> deadLettered(job, outcome));
        } else {
            park(job, outcome, () -> parked.park(job.delivery(), letter), out);
        }
    }

    /** A fault that cannot be stored has the letter parked once more, which changes nothing. */
    private void park(Job job, Outcome.DeadLetter outcome, Runnable step, List<Receiver.Forward> fault) {
        if (fault.isEmpty()) {
            store(job, outcome, step, () -> parked(job, outcome));
            return;
        }
        try {
            step.run();
        } catch (RuntimeException e) {
            notStored(job, outcome, Failures.of(e));
            return;
        }
        move(job, outcome, fault, () -> parked(job, outcome));
    }

    private void deadLettered(Job job, Outcome.DeadLetter outcome) {
        metrics.deadLettered.increment();
        LOG.info(
                "{}: message {} is dead-lettered: {}{}",
                source.name(),
                id(job),
                outcome.reason(),
                outcome.failure() == null ? "" : " " + outcome.failure());
    }

    private void parked(Job job, Outcome.DeadLetter outcome) {
        if (outcome.reason() == DeadLetterReason.KEY_PARKED) {
            metrics.parked.increment();
            LOG.debug("{}: message {} is parked behind others of its key", source.name(), id(job));
        } else {
            deadLettered(job, outcome);
        }
    }

    /** A requester that waits is told in the same move: no retry will bring its reply. */
    private List<Receiver.Forward> fault(Job job, String reason, @Nullable Throwable failure) {
        return source.replies().fault(job.delivery().message(), source.name(), reason, failure);
    }

    private void drop(Job job, Outcome.Drop drop) {
        List<Receiver.Forward> fault =
                drop.why() == Outcome.Drop.Why.EXHAUSTED ? fault(job, drop.why().name(), drop.failure()) : List.of();
        if (fault.isEmpty()) {
            done(job, drop, () -> dropped(job, drop));
        } else {
            move(job, drop, fault, () -> dropped(job, drop));
        }
    }

    private void dropped(Job job, Outcome.Drop drop) {
        switch (drop.why()) {
            case EXPIRED -> metrics.expired.increment();
            case SKIPPED -> metrics.skipped.increment();
            case DUPLICATE -> metrics.duplicates.increment();
            case EXHAUSTED -> metrics.dropped.increment();
        }
        LOG.info("{}: message {} is dropped: {}", source.name(), id(job), drop.why());
    }

    /** If it fails the message stays where it is, in its lane and in the budget: so the consumer slows down (rule DLQ-2). */
    private void move(Job job, Outcome outcome, List<Receiver.Forward> out, Runnable count) {
        job.move();
        mover.move(job, worthwhile(job, out), new Mover.Result() {
            @Override
            public void moved() {
                count.run();
                outage.over(Trouble.Kind.MOVE);
                lost();
            }

            @Override
            public void lost() {
                job.finish();
                dispatcher.finished(job);
                wake.run();
            }

            @Override
            public void failed(QueueException why) {
                notStored(job, outcome, why);
            }
        });
    }

    private void notStored(Job job, Outcome outcome, QueueException why) {
        metrics.deadLetterFailures.increment();
        if (job.isLost()) {
            drop(job);
            return;
        }
        // Whether its key is still parked is asked again.
        boolean follows =
                outcome instanceof Outcome.DeadLetter letter && letter.reason() == DeadLetterReason.KEY_PARKED;
        Duration pause = pause(follows ? job.notCarriedOut() : job.decide(outcome));
        String what = "cannot store what follows message " + id(job) + ": " + why.getMessage();
        if (outcome instanceof Outcome.Ack) {
            outage.ofOne(Trouble.Kind.MOVE, what);
        } else {
            outage.began(Trouble.Kind.MOVE, what);
        }
        LOG.warn(
                "{}: message {} stays where it is, as {} cannot be stored; next try in {}",
                source.name(),
                id(job),
                outcome.getClass().getSimpleName(),
                pause,
                why);
        hold(job, pause);
    }

    /** A reply that could not be stored must not hold its message for longer than somebody waits for it. */
    private List<Receiver.Forward> worthwhile(Job job, List<Receiver.Forward> out) {
        if (job.decided() == null || out.stream().noneMatch(Replies::isReply)) {
            return out;
        }
        Message request = job.delivery().message();
        boolean awaited = request.expiresAtMillis() != 0 && !source.replies().isExpired(request);
        if (awaited) {
            return out;
        }
        metrics.repliesDropped.increment();
        return Replies.without(out);
    }

    private static Duration pause(int tries) {
        Duration pause = FIRST_MOVE_PAUSE.multipliedBy(1L << Math.min(tries - 1, 10));
        return pause.compareTo(LONGEST_MOVE_PAUSE) > 0 ? LONGEST_MOVE_PAUSE : pause;
    }

    private static String id(Job job) {
        return job.delivery().message().id();
    }
}

package io.anyqueue.core.consume;

import io.anyqueue.QueueException;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.ReceiverListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what the adapter says of a receiver. Called by the adapter's threads, which it never keeps. */
final class ReceiverEvents implements ReceiverListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiverEvents.class);
    private static final long REVOKE_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** A bound on how long a revocation is remembered; no group protocol waits that long. */
    private static final long LONGEST_REVOKE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Source source;
    private final Threads threads;
    private final Trouble trouble;
    private volatile @Nullable Target target;

    ReceiverEvents(Source source, Threads threads, Trouble trouble) {
        this.source = source;
        this.threads = threads;
        this.trouble = trouble;
    }

    /** The parts that exist only once the receiver does. */
    record Target(
            Workers workers,
            InFlight inFlight,
            Losses losses,
            Returns returns,
            Revocations revocations,
            Settler settler) {}

    void connect(Target parts) {
        this.target = parts;
        parts.workers().wake();
    }

    @Override
    public void readable() {
        Target parts = target;
        if (parts != null) {
            parts.workers().wake();
        }
    }

    @Override
    public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
        Target parts = target;
        if (parts == null) {
            return CompletableFuture.completedFuture(null);
        }
        parts.revocations().began(shard, epoch);
        forgetLater(parts, shard, epoch, untilNanos);
        CompletableFuture<Void> drained = new CompletableFuture<>();
        awaitDrained(parts, job -> isOf(job, shard, epoch), untilNanos, drained);
        return drained;
    }

    private void forgetLater(Target parts, Object shard, long epoch, long untilNanos) {
        long left = Math.min(LONGEST_REVOKE_NANOS, untilNanos - threads.time().nanoTime());
        threads.later(() -> parts.revocations().over(shard, epoch), Math.max(REVOKE_TICK_NANOS, left));
    }

    private static boolean isOf(Job job, Object shard, long epoch) {
        return job.delivery().epoch() <= epoch && job.delivery().shard().equals(shard);
    }

    /** Again and again, as what ran may go on hold and what was being polled may arrive. */
    private void awaitDrained(Target parts, Predicate<Job> ofShard, long untilNanos, CompletableFuture<Void> drained) {
        parts.returns().giveBack(ofShard);
        parts.settler().flush();
        boolean empty = parts.inFlight().select(ofShard).isEmpty();
        boolean late = threads.time().nanoTime() - untilNanos >= 0;
        if (empty
                || late
                || !threads.later(() -> awaitDrained(parts, ofShard, untilNanos, drained), REVOKE_TICK_NANOS)) {
            drained.complete(null);
        }
    }

    @Override
    public void lost(Object shard, long epoch) {
        Target parts = target;
        if (parts != null) {
            parts.losses().lost(shard, epoch);
            parts.revocations().over(shard, epoch);
        }
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        String cause = why == null ? "" : ": " + why.getMessage();
        switch (state) {
            case WORKING, IDLE -> {
                trouble.over(Trouble.Kind.RECEIVE);
                trouble.over(Trouble.Kind.FENCED);
            }
            case LOST_MESSAGES -> {
                source.metrics().lostMessages.increment();
                LOG.error("{}: messages were lost{}", source.name(), cause);
            }
            default -> {
                Trouble.Kind kind = state == State.FENCED ? Trouble.Kind.FENCED : Trouble.Kind.RECEIVE;
                trouble.began(kind, "the receiver is " + state + cause);
                LOG.warn("{}: the receiver is {}{}", source.name(), state, cause);
            }
        }
    }
}

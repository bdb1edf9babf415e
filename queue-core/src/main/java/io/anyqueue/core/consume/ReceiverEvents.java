package io.anyqueue.core.consume;

import io.anyqueue.QueueException;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.ReceiverListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on what the adapter says of a receiver. Called by the adapter's threads, which it never keeps. */
final class ReceiverEvents implements ReceiverListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiverEvents.class);
    private static final long REVOKE_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

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
    record Target(Workers workers, InFlight inFlight, Losses losses, Settler settler) {}

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
        parts.losses().giveBack(shard);
        CompletableFuture<Void> drained = new CompletableFuture<>();
        awaitDrained(parts, shard, untilNanos, drained);
        return drained;
    }

    private void awaitDrained(Target parts, Object shard, long untilNanos, CompletableFuture<Void> drained) {
        parts.settler().flush();
        boolean empty = parts.inFlight()
                .select(job -> job.delivery().shard().equals(shard))
                .isEmpty();
        if (empty || threads.time().nanoTime() - untilNanos >= 0) {
            drained.complete(null);
            return;
        }
        if (!threads.later(() -> awaitDrained(parts, shard, untilNanos, drained), REVOKE_TICK_NANOS)) {
            drained.complete(null);
        }
    }

    @Override
    public void lost(Object shard, long epoch) {
        Target parts = target;
        if (parts != null) {
            parts.losses().lost(shard, epoch);
        }
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        String cause = why == null ? "" : ": " + why.getMessage();
        switch (state) {
            case WORKING, IDLE -> trouble.over(Trouble.Kind.RECEIVE);
            case LOST_MESSAGES -> {
                source.metrics().lostMessages.increment();
                LOG.error("{}: messages were lost{}", source.name(), cause);
            }
            default -> {
                trouble.began(Trouble.Kind.RECEIVE, "the receiver is " + state + cause);
                LOG.warn("{}: the receiver is {}{}", source.name(), state, cause);
            }
        }
    }
}

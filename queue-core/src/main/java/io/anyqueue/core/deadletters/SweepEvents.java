package io.anyqueue.core.deadletters;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.ReceiverListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What the adapter says to a sweep. Called by the adapter's threads; asked by the sweep's. */
final class SweepEvents implements ReceiverListener {
    private final Queue<Delivery> lost = new ConcurrentLinkedQueue<>();
    private volatile CompletableFuture<Void> readable = new CompletableFuture<>();
    private volatile @Nullable QueueException trouble;

    /** Readable is from now on what is said from now on. */
    void beforeLooking() {
        if (readable.isDone()) {
            readable = new CompletableFuture<>();
        }
    }

    CompletionStage<Void> readableAgain() {
        return readable;
    }

    @Nullable
    QueueException trouble() {
        return trouble;
    }

    void lost(Delivery delivery) {
        lost.add(delivery);
    }

    /** {@return what was lost since this was last asked} */
    List<Delivery> lost() {
        List<Delivery> all = new ArrayList<>();
        for (Delivery delivery = lost.poll(); delivery != null; delivery = lost.poll()) {
            all.add(delivery);
        }
        return all;
    }

    @Override
    public void readable() {
        readable.complete(null);
    }

    /** What is held is given back by settling late: its lease is all that it loses. */
    @Override
    public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void lost(Object shard, long epoch) {
        // What is settled afterwards is stale.
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        trouble = switch (state) {
            case WORKING, IDLE, LOST_MESSAGES -> null;
            default ->
                why != null
                        ? why
                        : new QueueException(ErrorCode.UNAVAILABLE, "the receiver of the letters is " + state);
        };
    }
}

package io.anyqueue.spi;

import io.anyqueue.QueueException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Hears of what happens to a receiver. Called from the adapter's threads; never blocks, never throws. It may close the receiver
 * and the broker.
 */
public interface ReceiverListener {
    /** There is something to poll. May be called when there is not; must be called when something arrives in an empty buffer. */
    void readable();

    /**
     * A shard is to be handed over: nothing more of it is started, what runs is finished and settled. Until the stage completes,
     * or until the deadline, no other receiver is given anything of it; what is not settled by then is lost.
     *
     * @param shard the unit of ownership, as in {@link Delivery#shard()}
     * @param epoch its fencing token
     * @param untilNanos how long the adapter waits at most, by {@link TimeSource#nanoTime()}
     * @return completes when nothing of the shard is left
     */
    CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos);

    /**
     * A shard was lost: its deliveries are dropped and their handlers interrupted; settling them is STALE (rule RCV-4). Where
     * leases are a session's, this is said for each shard of which something was out when the session broke. The messages
     * come again with one delivery more, and of a higher epoch if to the same receiver.
     *
     * @param shard the unit of ownership, as in {@link Delivery#shard()}
     * @param epoch its fencing token; deliveries with a higher one are not concerned
     */
    void lost(Object shard, long epoch);

    /**
     * The receiver's state changed.
     *
     * @param state the state
     * @param why the failure behind it, or null
     */
    void state(State state, @Nullable QueueException why);

    /** What a receiver is doing. */
    enum State {
        /** It receives. */
        WORKING,
        /** It owns nothing to receive from, as another consumer has it. */
        IDLE,
        /** The connection is lost and being made again. */
        RECONNECTING,
        /** The broker refuses to hand anything out, such as with NOT_FOUND; it goes on by itself once that has changed. */
        BLOCKED,
        /** Another took its place for good. */
        FENCED,
        /** Messages were lost (rule RET-1). */
        LOST_MESSAGES
    }
}

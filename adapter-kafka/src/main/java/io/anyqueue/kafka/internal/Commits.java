package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.PartitionTracker.Snapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/** Commits what is settled, by itself or with what follows from it. One is under way at a time. The polling thread's. */
interface Commits {
    /** What became of a commit. */
    enum Outcome {
        DONE,
        /** Partitions change hands: not before that is over, or never if they are somebody else's by now; the next polls will say. */
        CHANGING,
        /** The brokers do not answer: later. */
        LATER
    }

    static Map<PartitionTracker, Snapshot> snapshots(Collection<PartitionTracker> trackers, boolean open) {
        Map<PartitionTracker, Snapshot> snapshots = new HashMap<>();
        trackers.forEach(tracker -> snapshots.put(tracker, tracker.snapshot(open)));
        return snapshots;
    }

    /** {@return whether somebody waits for a commit} */
    default boolean isWanted() {
        return false;
    }

    /** {@return whether nobody waits for one, and none is under way that somebody waits for} */
    default boolean isIdle() {
        return true;
    }

    /** {@return whether they end while nobody polls} */
    default boolean endByThemselves() {
        return false;
    }

    /** Takes what is to go with the next commit; its trackers show it as settled from now on. */
    default void gather() {}

    /** Tells what has ended meanwhile. */
    default void proceed() {}

    /** {@return whether nothing is under way any more} Waits for it up to a limit, and tells what has ended. */
    default boolean awaitUnderWay(Duration limit) {
        return true;
    }

    /** There is nothing to commit, or another consumer by now: what failed before says nothing about that. */
    default void forget() {}

    /** {@return why commits do not work, if they do not} */
    default @Nullable QueueException problem() {
        return null;
    }

    /**
     * Begins to commit, while polling goes on.
     *
     * @param ended is told the outcome, while polling
     */
    void begin(
            Consumer<byte[], byte[]> consumer,
            Map<PartitionTracker, Snapshot> state,
            java.util.function.Consumer<Outcome> ended);

    /**
     * Commits the last state of partitions, which are given up. Blocks.
     *
     * @throws org.apache.kafka.common.KafkaException for what trying again does not help
     */
    Outcome last(Consumer<byte[], byte[]> consumer, Collection<PartitionTracker> trackers, Duration limit);

    /** Commits nothing more. */
    default void close(Duration limit) {}
}

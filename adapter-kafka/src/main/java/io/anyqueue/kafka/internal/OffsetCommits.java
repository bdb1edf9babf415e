package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.PartitionTracker.Snapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what is settled, by itself (hazards of commits during a rebalance, and of ones that end a consumer). The polling thread's.
 */
final class OffsetCommits implements Commits {
    private static final Logger LOG = LoggerFactory.getLogger(OffsetCommits.class);
    private static final int FAILURES = 3;

    private final String name;
    private boolean withoutMetadata;
    private int failures;
    private @Nullable QueueException problem;

    OffsetCommits(String name) {
        this.name = name;
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(Map<PartitionTracker, Snapshot> state) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        state.forEach((tracker, snapshot) -> {
            OffsetAndMetadata offset = snapshot.offset();
            offsets.put(tracker.partition(), withoutMetadata ? new OffsetAndMetadata(offset.offset()) : offset);
        });
        return offsets;
    }

    /** Not the first time: one commit may fail with its coordinator. */
    @Override
    public @Nullable QueueException problem() {
        return problem;
    }

    @Override
    public void forget() {
        failures = 0;
        problem = null;
    }

    private Outcome ended(@Nullable Exception failure) {
        Outcome outcome = failure == null ? Outcome.DONE : outcome(failure);
        failures = outcome == Outcome.LATER ? failures + 1 : 0;
        problem = failure != null && failures >= FAILURES ? Failures.of("commit " + name, failure) : null;
        return outcome;
    }

    @Override
    public void begin(
            Consumer<byte[], byte[]> consumer,
            Map<PartitionTracker, Snapshot> state,
            java.util.function.Consumer<Outcome> ended) {
        consumer.commitAsync(offsets(state), (offsets, failure) -> ended.accept(ended(failure)));
    }

    @Override
    public Outcome last(Consumer<byte[], byte[]> consumer, Collection<PartitionTracker> trackers, Duration limit) {
        Map<PartitionTracker, Snapshot> state = Commits.snapshots(trackers, false);
        if (state.isEmpty()) {
            return Outcome.DONE;
        }
        try {
            return lastOnce(consumer, state, limit);
        } catch (WakeupException e) {
            // It was meant for a poll that had returned by then.
            return lastOnce(consumer, state, limit);
        }
    }

    private Outcome lastOnce(Consumer<byte[], byte[]> consumer, Map<PartitionTracker, Snapshot> state, Duration limit) {
        try {
            consumer.commitSync(offsets(state), limit);
            return Outcome.DONE;
        } catch (WakeupException | AuthorizationException | AuthenticationException e) {
            throw e;
        } catch (KafkaException e) {
            return outcome(e);
        }
    }

    private Outcome outcome(Exception failure) {
        Throwable cause = failure instanceof RetriableCommitFailedException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (cause instanceof OffsetMetadataTooLarge) {
            LOG.warn(
                    "{}: the broker's offset.metadata.max.bytes is below {}: after a crash more messages come again, and deliveries are"
                            + " not counted",
                    name,
                    Ledger.MOST_TEXT,
                    cause);
            withoutMetadata = true;
            return Outcome.LATER;
        }
        LOG.debug("{}: a commit failed", name, cause);
        boolean changing = cause instanceof RebalanceInProgressException || cause instanceof CommitFailedException;
        return changing ? Outcome.CHANGING : Outcome.LATER;
    }
}

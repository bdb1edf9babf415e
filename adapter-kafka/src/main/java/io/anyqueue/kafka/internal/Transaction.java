package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.PartitionTracker.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What is stored together: records, and the state of partitions in which those that they follow from are settled. Immutable.
 *
 * @param moves the records
 * @param state of the partitions
 * @param group who consumes them; the group refuses it if that is not so any more
 */
record Transaction(List<Move> moves, Map<PartitionTracker, Snapshot> state, ConsumerGroupMetadata group) {
    /**
     * What became of one.
     *
     * @param outcome what became of it; anything but DONE means that nothing of it is stored, but for what is unknown
     * @param why the failure; null if there is none
     * @param ofRecord whether one of the records is what failed
     * @param ofTopic the topic that nothing could be stored in; null for none
     * @param unknown whether it may be stored all the same: then it was given up, and there may be no other after it
     */
    record Result(
            Commits.Outcome outcome,
            @Nullable QueueException why,
            boolean ofRecord,
            @Nullable String ofTopic,
            boolean unknown) {
        static final Result DONE = new Result(Commits.Outcome.DONE, null, false, null, false);

        static Result changing(QueueException why) {
            return new Result(Commits.Outcome.CHANGING, why, false, null, false);
        }

        static Result later(QueueException why) {
            return new Result(Commits.Outcome.LATER, why, false, null, false);
        }

        static Result ofRecord(QueueException why) {
            return new Result(Commits.Outcome.LATER, why, true, null, false);
        }

        static Result ofTopic(QueueException why, String topic) {
            return new Result(Commits.Outcome.LATER, why, false, topic, false);
        }

        static Result unknown(QueueException why) {
            return new Result(Commits.Outcome.LATER, why, false, null, true);
        }
    }

    Map<TopicPartition, OffsetAndMetadata> offsets() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        state.forEach((tracker, snapshot) -> offsets.put(tracker.partition(), snapshot.offset()));
        return offsets;
    }

    /**
     * Tells whether it was committed, by what its group has now. Only partitions count in which it settles something by a move: what they had
     * before was another state.
     */
    boolean isIn(Map<TopicPartition, OffsetAndMetadata> committed) {
        return state.entrySet().stream()
                .filter(each -> moves.isEmpty() || moves.stream().anyMatch(move -> move.tracker() == each.getKey()))
                .anyMatch(each -> {
                    OffsetAndMetadata mine = each.getValue().offset();
                    OffsetAndMetadata present = committed.get(each.getKey().partition());
                    return present != null
                            && present.offset() == mine.offset()
                            && Objects.equals(present.metadata(), mine.metadata());
                });
    }
}

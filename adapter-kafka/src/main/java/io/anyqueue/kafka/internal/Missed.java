package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.Beginnings.Beginning;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/** Goes on where a log begins when what was to be read is gone, and says what was missed (rule RET-1). The polling thread's. */
final class Missed {
    private static final Duration SETTLING_LIMIT = Duration.ofSeconds(2);

    private final Layout layout;
    private final Clients clients;
    private final Assigned assigned;
    private final Commits commits;
    private final Rebalances rebalances;
    private final LogOffsets logs;

    Missed(Layout layout, Clients clients, Assigned assigned, Commits commits, Rebalances rebalances) {
        this.layout = layout;
        this.clients = clients;
        this.assigned = assigned;
        this.commits = commits;
        this.rebalances = rebalances;
        this.logs = new LogOffsets(clients);
    }

    void goOn(Consumer<byte[], byte[]> consumer, OffsetOutOfRangeException e) {
        Map<TopicPartition, Long> positions = e.offsetOutOfRangePartitions();
        Map<TopicPartition, Long> begins = logs.of(positions.keySet(), OffsetSpec.earliest());
        // Of those without an answer the client library says it again.
        logs.of(begins.keySet(), OffsetSpec.latest()).forEach((partition, last) -> {
            PartitionTracker tracker = assigned.tracker(partition);
            if (tracker == null || assigned.isReplaced(tracker)) {
                return; // Another topic by now, which is read from its beginning.
            }
            long position = Objects.requireNonNull(positions.get(partition));
            long begin = Objects.requireNonNull(begins.get(partition));
            if (begin > position) {
                goForward(consumer, tracker, position, begin);
            } else {
                goBack(consumer, tracker, position, Math.max(begin, end(e, partition, last)));
            }
        });
    }

    private void goForward(Consumer<byte[], byte[]> consumer, PartitionTracker tracker, long position, long begin) {
        TopicPartition partition = tracker.partition();
        report(
                begin - position,
                partition + " begins at " + begin + ", and the next would be " + position
                        + ": retention or a purge took what was between");
        tracker.advance(begin);
        consumer.seek(partition, begin);
    }

    /** What was read is not there any more; what is left of it and was not settled comes again. */
    private void goBack(Consumer<byte[], byte[]> consumer, PartitionTracker tracker, long position, long end) {
        TopicPartition partition = tracker.partition();
        report(
                -1,
                partition + " ends at " + end + ", and the next would be " + position
                        + ": an election took what was between, or the topic was made anew");
        rebalances.lose(assigned.take(Set.of(partition)));
        if (!commits.awaitUnderWay(SETTLING_LIMIT)) {
            throw new QueueException(
                    ErrorCode.UNAVAILABLE,
                    "Kafka: it is not known yet what was settled of " + partition + ", whose log lost its end");
        }
        assigned.begin(consumer, partition, new Beginning(tracker.cut(end), true));
    }

    /** Where the logs part, if that is known: behind it others may have written by now. */
    private static long end(OffsetOutOfRangeException e, TopicPartition partition, long last) {
        OffsetAndMetadata divergent =
                e instanceof LogTruncationException cut ? cut.divergentOffsets().get(partition) : null;
        return divergent == null ? last : divergent.offset();
    }

    private void report(long messages, String why) {
        clients.config().events().lost(layout.endpoint(), messages, why);
    }
}

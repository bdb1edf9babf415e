package io.anyqueue.kafka.internal;

import io.anyqueue.StartAt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where partitions begin: behind what is committed, else where the consumer wants, never at the end because something is not known (rules
 * RCV-2, RET-1). What is committed of another topic of the same name, which was deleted since, says nothing. The polling thread's.
 */
final class Beginnings {
    private static final Logger LOG = LoggerFactory.getLogger(Beginnings.class);
    private static final Duration ALL_LIMIT = Duration.ofMillis(500);
    private static final Duration ONE_LIMIT = Duration.ofMillis(100);
    private static final Duration EACH_LIMIT = Duration.ofSeconds(2);

    private final Layout layout;
    private final StartAt start;
    private final TopicWatch topics;
    private final Clients clients;
    private final LogOffsets logs;

    /** @param start where begins what nothing was handed out of; {@link StartAt.Now} for where its declaration says */
    Beginnings(Layout layout, StartAt start, TopicWatch topics, Clients clients) {
        this.layout = layout;
        this.start = start;
        this.topics = topics;
        this.clients = clients;
        this.logs = new LogOffsets(clients);
    }

    /** {@return whether there is another topic of its name by now} */
    boolean isReplaced(PartitionTracker tracker) {
        Uuid id = topics.id(tracker.partition().topic());
        return id != null && !id.equals(tracker.topic());
    }

    /**
     * Where a partition begins.
     *
     * @param ledger what is known of it
     * @param corrected whether what is committed says more than there is, so that others must not go by it
     */
    record Beginning(Ledger ledger, boolean corrected) {}

    /** {@return those that could be found} Asks the brokers, and throws what the client library does. */
    Map<TopicPartition, Beginning> find(Consumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
        Map<TopicPartition, Uuid> ids = ids(partitions);
        Map<TopicPartition, Ledger> known = new HashMap<>();
        Map<TopicPartition, Ledger> replaced = new HashMap<>();
        Set<TopicPartition> fresh = new HashSet<>();
        committed(consumer, ids.keySet()).forEach((partition, offset) -> {
            Ledger ledger = offset == null ? null : Ledger.decode(offset.offset(), offset.metadata());
            if (ledger == null || (ledger.isUnused() && !(start instanceof StartAt.Now))) {
                fresh.add(partition);
            } else if (ledger.isOfAnother(Objects.requireNonNull(ids.get(partition)))) {
                replaced.put(partition, ledger);
            } else {
                known.put(partition, ledger);
            }
        });
        Map<TopicPartition, Ledger> found = left(known);
        found.putAll(fresh(fresh));
        found.putAll(again(replaced));
        Map<TopicPartition, Beginning> beginnings = new HashMap<>();
        found.forEach((partition, ledger) -> {
            Ledger before = known.get(partition);
            beginnings.put(
                    partition,
                    new Beginning(
                            ledger.of(Objects.requireNonNull(ids.get(partition))),
                            before != null && ledger.end() < before.end()));
        });
        return beginnings;
    }

    /**
     * {@return those that are known; null for none that was committed} Where a transaction of another consumer is open, that is not so before
     * it ends; the others do not wait for that.
     */
    private static Map<TopicPartition, @Nullable OffsetAndMetadata> committed(
            Consumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        try {
            return consumer.committed(partitions, ALL_LIMIT);
        } catch (TimeoutException e) {
            LOG.debug("{}: asking for each", partitions, e);
        }
        Map<TopicPartition, @Nullable OffsetAndMetadata> known = new HashMap<>();
        List<TopicPartition> each = new ArrayList<>(partitions);
        Collections.shuffle(each); // Next time others are the first.
        long until = System.nanoTime() + EACH_LIMIT.toNanos();
        for (TopicPartition partition : each) {
            try {
                known.putAll(consumer.committed(Set.of(partition), ONE_LIMIT));
            } catch (TimeoutException e) {
                LOG.trace("{}: where it begins is not known yet", partition, e);
                if (System.nanoTime() - until > 0) {
                    break;
                }
            }
        }
        return known;
    }

    private Map<TopicPartition, Uuid> ids(Set<TopicPartition> partitions) {
        Map<TopicPartition, Uuid> ids = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Uuid id = topics.id(partition.topic());
            // Whoever has no leader would not answer.
            if (id != null && topics.hasLeader(partition)) {
                ids.put(partition, id);
            }
        }
        return ids;
    }

    /** What of a log was taken, as by an election, cannot be settled: others have its offsets next. */
    private Map<TopicPartition, Ledger> left(Map<TopicPartition, Ledger> known) {
        Map<TopicPartition, Ledger> left = new HashMap<>();
        logs.of(known.keySet(), OffsetSpec.latest()).forEach((partition, end) -> {
            Ledger ledger = Objects.requireNonNull(known.get(partition));
            left.put(partition, ledger.upTo(end));
            if (ledger.end() > end) {
                lost(partition + " ends at " + end + ", and was handled up to " + ledger.end()
                        + ": an election took what was between");
            }
        });
        return left;
    }

    private Map<TopicPartition, Ledger> fresh(Set<TopicPartition> fresh) {
        Map<TopicPartition, Ledger> first = new HashMap<>();
        Map<TopicPartition, Long> begins = logs.of(fresh, OffsetSpec.earliest());
        if (!(start instanceof StartAt.At at)) {
            begins.forEach((partition, begin) -> first.put(partition, Ledger.unknown(begin)));
            return first;
        }
        long since = at.time().toEpochMilli();
        // The end first: what comes between both questions is for this subscription.
        Map<TopicPartition, Long> ends = logs.of(begins.keySet(), OffsetSpec.latest());
        logs.of(ends.keySet(), OffsetSpec.forTimestamp(since)).forEach((partition, from) -> {
            // What is delayed is told by its due time, not by its place.
            boolean waits = partition.topic().equals(layout.delayed());
            long later = from < 0 ? Objects.requireNonNull(ends.get(partition)) : from;
            long offset = waits ? Objects.requireNonNull(begins.get(partition)) : later;
            first.put(partition, new Ledger(false, 0, since, Uuid.ZERO_UUID, offset, offset, List.of()));
        });
        return first;
    }

    /** The whole new topic, with epochs that go on. */
    private Map<TopicPartition, Ledger> again(Map<TopicPartition, Ledger> replaced) {
        Map<TopicPartition, Ledger> first = new HashMap<>();
        logs.of(replaced.keySet(), OffsetSpec.earliest()).forEach((partition, begin) -> {
            Ledger old = Objects.requireNonNull(replaced.get(partition));
            first.put(partition, new Ledger(false, old.epoch(), 0, Uuid.ZERO_UUID, begin, begin, List.of()));
            lost(partition + " is of a topic that was made anew; the old one was handled up to " + old.start());
        });
        return first;
    }

    private void lost(String why) {
        clients.config().events().lost(layout.endpoint(), -1, why);
    }
}

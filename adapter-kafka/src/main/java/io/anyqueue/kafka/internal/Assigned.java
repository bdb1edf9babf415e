package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.Beginnings.Beginning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions that a consumer owns, and where it is in each. The polling thread's. */
final class Assigned {
    private static final Logger LOG = LoggerFactory.getLogger(Assigned.class);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(2);
    /** So far a partition is read beyond its first record that is not settled; a commit can describe that much. */
    private static final long MOST_SPAN = Ledger.MOST_BITS - 2_000L;

    private final Layout layout;
    private final Beginnings beginnings;
    private final Object owner;
    private final Clients clients;
    private final Moves moves;
    private final Map<TopicPartition, PartitionTracker> trackers = new LinkedHashMap<>();
    private final Map<TopicPartition, DelayLine> delays = new HashMap<>();
    private final Unplaced unplaced;
    /** What comes back is of a later epoch, also if nothing was committed in the last one. */
    private final Map<TopicPartition, Long> epochs = new HashMap<>();

    private boolean everAssigned;

    Assigned(Layout layout, Beginnings beginnings, Object owner, Clients clients, Moves moves) {
        this.layout = layout;
        this.beginnings = beginnings;
        this.owner = owner;
        this.clients = clients;
        this.moves = moves;
        this.unplaced = new Unplaced(layout.endpoint().name(), beginnings);
    }

    /** It is to be found out where these begin. */
    void again(Collection<TopicPartition> partitions) {
        everAssigned = true;
        unplaced.addAll(partitions.stream()
                .filter(partition -> !trackers.containsKey(partition))
                .toList());
    }

    /** Finds out where partitions begin that are new here. */
    void initialize(Consumer<byte[], byte[]> consumer) {
        unplaced.place(consumer, (partition, beginning) -> begin(consumer, partition, beginning));
    }

    /** {@return why some of them are not read, if that has lasted for long} */
    @Nullable
    QueueException problem() {
        return unplaced.problem();
    }

    /** From now on it is read from there. */
    void begin(Consumer<byte[], byte[]> consumer, TopicPartition partition, Beginning beginning) {
        consumer.seek(partition, beginning.ledger().start());
        PartitionTracker tracker = put(partition, beginning.ledger());
        if (beginning.corrected()) {
            tracker.corrected();
        }
    }

    private PartitionTracker put(TopicPartition partition, Ledger ledger) {
        Ledger next = ledger.after(epochs.getOrDefault(partition, 0L));
        PartitionTracker tracker = new PartitionTracker(owner, layout.endpoint(), partition, next);
        epochs.put(partition, tracker.epoch());
        trackers.put(partition, tracker);
        if (partition.topic().equals(layout.delayed())) {
            delays.put(partition, new DelayLine(layout, tracker, moves));
        }
        return tracker;
    }

    boolean isReplaced(PartitionTracker tracker) {
        return beginnings.isReplaced(tracker);
    }

    /** {@return what was known of topics that were made anew under their consumers} These partitions begin once more. */
    List<PartitionTracker> takeReplaced() {
        List<TopicPartition> replaced = trackers.values().stream()
                .filter(beginnings::isReplaced)
                .map(PartitionTracker::partition)
                .toList();
        List<PartitionTracker> taken = take(replaced);
        unplaced.addAll(replaced);
        return taken;
    }

    @Nullable
    PartitionTracker tracker(TopicPartition partition) {
        return trackers.get(partition);
    }

    /** Takes a record; what may be handed out is passed on. */
    void accept(
            PartitionTracker tracker,
            ConsumerRecord<byte[], byte[]> record,
            java.util.function.Consumer<KafkaDelivery> into) {
        // Headers are read here only where they can matter: the rest is left to whoever handles the message.
        DelayLine line = delays.get(tracker.partition());
        long due = line == null ? 0 : Codec.due(record.headers());
        boolean mine = layout.only().isEmpty() || Codec.isFor(record.headers(), layout.only());
        if (!mine || (due != 0 && due < tracker.sinceMillis())) {
            tracker.advance(record.offset() + 1);
            return;
        }
        Slot slot = tracker.add(record);
        if (slot == null) {
            return;
        }
        if (line != null && due > clients.config().time().currentTimeMillis()) {
            line.add(slot, record, due);
        } else {
            into.accept(tracker.deliver(slot, record));
        }
    }

    /** Passes on what has become due. */
    void due(long nowMillis, java.util.function.Consumer<KafkaDelivery> into) {
        for (DelayLine line : delays.values()) {
            line.work(nowMillis, (slot, record) -> into.accept(slot.tracker.deliver(slot, record)));
        }
    }

    /** {@return when something has to be done, in milliseconds since the epoch} */
    long nextMillis() {
        long next = Long.MAX_VALUE;
        for (DelayLine line : delays.values()) {
            next = Math.min(next, line.nextMillis());
        }
        return next;
    }

    /** {@return whether nothing more can be taken of a partition for now} */
    boolean isStopped(TopicPartition partition) {
        PartitionTracker tracker = trackers.get(partition);
        DelayLine line = delays.get(partition);
        return tracker == null || tracker.span() >= MOST_SPAN || (line != null && line.isFull());
    }

    List<PartitionTracker> all() {
        return List.copyOf(trackers.values());
    }

    List<PartitionTracker> dirty() {
        List<PartitionTracker> dirty = new ArrayList<>();
        for (PartitionTracker tracker : trackers.values()) {
            if (tracker.isDirty()) {
                dirty.add(tracker);
            }
        }
        return dirty;
    }

    /** {@return whether it is known what this consumer owns, and where it is there} */
    boolean isComplete() {
        return everAssigned && unplaced.isEmpty();
    }

    boolean isEmpty() {
        return trackers.isEmpty();
    }

    /** {@return whether the group's coordinator answers} Asks, and so blocks for a while. */
    boolean isReachable(@Nullable Consumer<byte[], byte[]> consumer) {
        if (consumer == null || trackers.isEmpty()) {
            return false;
        }
        try {
            var unused = consumer.committed(Set.of(trackers.keySet().iterator().next()), ASK_LIMIT);
            return true;
        } catch (WakeupException | RetriableException e) {
            LOG.debug("{}: the group cannot be asked", layout.endpoint().name(), e);
            return false;
        }
    }

    /** {@return what is known of partitions} */
    List<PartitionTracker> of(Collection<TopicPartition> partitions) {
        return partitions.stream().map(trackers::get).filter(Objects::nonNull).toList();
    }

    /** {@return what is known of partitions, which are not owned any more} */
    List<PartitionTracker> take(Collection<TopicPartition> partitions) {
        List<PartitionTracker> taken = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            unplaced.remove(partition);
            delays.remove(partition);
            PartitionTracker tracker = trackers.remove(partition);
            if (tracker != null) {
                taken.add(tracker);
            }
        }
        return taken;
    }

    List<PartitionTracker> takeAll() {
        unplaced.clear();
        everAssigned = false;
        return take(List.copyOf(trackers.keySet()));
    }
}

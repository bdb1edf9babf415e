package io.anyqueue.kafka.internal;

import io.anyqueue.kafka.internal.Ledger.Range;
import io.anyqueue.spi.Endpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What is settled of one partition, from its assignment to its end (rules SET-1 to SET-3). The polling thread adds records and takes
 * snapshots to commit; any thread settles. Calls nothing under its lock.
 */
final class PartitionTracker {
    private final Object owner;
    private final Endpoint source;
    private final TopicPartition partition;
    private final String shard;
    private final long epoch;
    private final long sinceMillis;
    private final Uuid topic;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Slot> slots = new ArrayDeque<>();
    private final List<Range> inherited;
    private final long inheritedEnd;
    private int nextInherited;
    private long position;
    private long changes = 1;
    private long committed;
    private boolean alive = true;
    private volatile boolean withdrawn;
    private int copies;
    private boolean marked;

    PartitionTracker(Object owner, Endpoint source, TopicPartition partition, Ledger ledger) {
        this.owner = owner;
        this.source = source;
        this.partition = partition;
        this.shard = partition.toString();
        this.epoch = ledger.epoch() + 1;
        this.sinceMillis = ledger.sinceMillis();
        this.topic = ledger.topic();
        this.inherited = ledger.adopted();
        this.inheritedEnd = ledger.end();
        this.position = ledger.start();
        // An assignment of which nothing was handed out leaves no trace.
        this.committed = changes;
    }

    /** {@return whose deliveries these are; compared by identity} */
    Object owner() {
        return owner;
    }

    Endpoint source() {
        return source;
    }

    TopicPartition partition() {
        return partition;
    }

    String shard() {
        return shard;
    }

    long epoch() {
        return epoch;
    }

    /** {@return the id of the topic that its offsets are of} */
    Uuid topic() {
        return topic;
    }

    /** {@return from when on delayed messages are for this subscription} */
    long sinceMillis() {
        return sinceMillis;
    }

    // --- the polling thread's

    /** {@return the record's slot; null if it was settled before} */
    @Nullable
    Slot add(ConsumerRecord<byte[], byte[]> record) {
        lock.lock();
        try {
            long offset = record.offset();
            position = Math.max(position, offset + 1);
            Counters past = past(offset);
            changes++;
            if (past == null) {
                if (!slots.isEmpty()) {
                    // It has to be seen between those that are not settled.
                    slots.addLast(Slot.settled(this, record));
                }
                return null;
            }
            Slot slot = new Slot(this, record, past);
            slots.addLast(slot);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Counters past(long offset) {
        if (offset >= inheritedEnd) {
            return Counters.NONE;
        }
        while (nextInherited < inherited.size() && inherited.get(nextInherited).to() <= offset) {
            nextInherited++;
        }
        if (nextInherited == inherited.size() || inherited.get(nextInherited).from() > offset) {
            return null;
        }
        return inherited.get(nextInherited).past();
    }

    /** The log was read up to here, though the last records may be none of ours. */
    void advance(long next) {
        lock.lock();
        try {
            if (next > position) {
                position = next;
                changes++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many offsets lie between the first record that is not settled and the last that was read} */
    long span() {
        lock.lock();
        try {
            return position - watermark();
        } finally {
            lock.unlock();
        }
    }

    boolean isDirty() {
        lock.lock();
        try {
            return committed != changes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What is to be committed.
     *
     * @param offset with it
     * @param changes the state that it shows
     */
    record Snapshot(OffsetAndMetadata offset, long changes) {}

    /** {@return the state as it is now} An open session's will be read if it ends in a crash. */
    Snapshot snapshot(boolean open) {
        lock.lock();
        try {
            Ledger ledger = ledger(open);
            return new Snapshot(new OffsetAndMetadata(ledger.start(), ledger.encode()), changes);
        } finally {
            lock.unlock();
        }
    }

    /** {@return what is left of it in a log that ends there} This tracker's own time is over then: another one begins with that. */
    Ledger cut(long end) {
        lock.lock();
        try {
            return ledger(false).upTo(end);
        } finally {
            lock.unlock();
        }
    }

    private Ledger ledger(boolean open) {
        return new Ledger(
                open, epoch, sinceMillis, topic, watermark(), Math.max(position, inheritedEnd), unsettled(open));
    }

    /** What is committed is not what it begins with, and others must not go by it. */
    void corrected() {
        lock.lock();
        try {
            changes++;
        } finally {
            lock.unlock();
        }
    }

    void committed(Snapshot snapshot) {
        lock.lock();
        try {
            committed = Math.max(committed, snapshot.changes());
            marked = true;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether the group knows of this epoch} */
    boolean isMarked() {
        lock.lock();
        try {
            return marked;
        } finally {
            lock.unlock();
        }
    }

    private long watermark() {
        for (Slot slot : slots) {
            if (!slot.settled && !slot.moving) {
                return slot.offset;
            }
        }
        return position;
    }

    private List<Range> unsettled(boolean open) {
        List<Range> ranges = new ArrayList<>();
        boolean joins = false;
        for (Slot slot : slots) {
            if (slot.settled || slot.moving) {
                joins = false;
                continue;
            }
            Counters past = slot.past(open);
            boolean out = open && !slot.waiting;
            long offset = slot.offset;
            Range last = joins ? ranges.get(ranges.size() - 1) : null;
            if (last != null && last.out() == out && last.past().equals(past)) {
                ranges.set(ranges.size() - 1, new Range(last.from(), offset + 1, out, past));
            } else {
                ranges.add(new Range(offset, offset + 1, out, past));
            }
            joins = true;
        }
        for (int i = nextInherited; i < inherited.size(); i++) {
            Range range = inherited.get(i);
            if (range.to() > position) {
                ranges.add(new Range(Math.max(position, range.from()), range.to(), range.out(), range.past()));
            }
        }
        return ranges;
    }

    /** {@return whether something is with its holder still} */
    boolean isUnsettled() {
        lock.lock();
        try {
            return slots.stream().anyMatch(slot -> slot.current != null && slot.current.isPolled());
        } finally {
            lock.unlock();
        }
    }

    /**
     * A record of it is about to be stored elsewhere, and settled then. Any thread's.
     *
     * @return whether it may be: what has ended is somebody else's
     */
    boolean copying() {
        lock.lock();
        try {
            if (alive) {
                copies++;
            }
            return alive;
        } finally {
            lock.unlock();
        }
    }

    /** That has ended, one way or the other. Any thread's. */
    void copied() {
        lock.lock();
        try {
            copies--;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it has ended, for which nothing may be on its way elsewhere: that would be there twice} */
    boolean endUnlessCopying() {
        lock.lock();
        try {
            if (copies == 0) {
                alive = false;
            }
            return !alive;
        } finally {
            lock.unlock();
        }
    }

    /** From now on nothing of it is handed out, also what is given back meanwhile. */
    void withdraw() {
        withdrawn = true;
    }

    /** {@return whether nothing of it is handed out any more} */
    boolean isWithdrawn() {
        return withdrawn;
    }

    /** From now on nothing can be settled. Not before its deliveries are out of the inbox. */
    void end() {
        lock.lock();
        try {
            alive = false;
        } finally {
            lock.unlock();
        }
    }

    // --- anybody's

    /** {@return whether it is this session's still} */
    boolean isAlive() {
        lock.lock();
        try {
            return alive;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it was not settled before, and is the current delivery} */
    boolean isOpen(KafkaDelivery delivery) {
        lock.lock();
        try {
            return isCurrent(delivery);
        } finally {
            lock.unlock();
        }
    }

    private boolean isCurrent(KafkaDelivery delivery) {
        return alive && !delivery.slot().settled && delivery.slot().current == delivery;
    }

    /**
     * Settles deliveries of this partition from one place on.
     *
     * @param done takes of each whether it took effect
     * @return the place of the first that is of another partition
     */
    int ack(List<KafkaDelivery> deliveries, int from, boolean[] done) {
        lock.lock();
        try {
            int i = from;
            for (; i < deliveries.size() && deliveries.get(i).slot().tracker == this; i++) {
                KafkaDelivery delivery = deliveries.get(i);
                done[i] = isCurrent(delivery);
                if (done[i]) {
                    settle(delivery.slot());
                }
            }
            return i;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it was not settled before} For what nobody was handed, or what was claimed. */
    boolean settleWaiting(Slot slot) {
        lock.lock();
        try {
            boolean open = alive && !slot.settled;
            if (open) {
                settle(slot);
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it can be settled} From now on snapshots show it as settled, which it is by a commit of one of them. */
    boolean moving(Slot slot) {
        lock.lock();
        try {
            slot.moving = alive && !slot.settled;
            changes += slot.moving ? 1 : 0;
            return slot.moving;
        } finally {
            lock.unlock();
        }
    }

    /** That commit has ended. */
    void moved(Slot slot, boolean committed) {
        lock.lock();
        try {
            slot.moving = false;
            if (committed && !slot.settled) {
                settle(slot);
            } else {
                changes++;
            }
        } finally {
            lock.unlock();
        }
    }

    private void settle(Slot slot) {
        slot.settled = true;
        slot.current = null;
        slot.record = null;
        changes++;
        while (!slots.isEmpty() && slots.getFirst().settled) {
            slots.removeFirst();
        }
    }

    /** {@return the first delivery of a record that was added} */
    KafkaDelivery deliver(Slot slot, ConsumerRecord<byte[], byte[]> record) {
        lock.lock();
        try {
            slot.waiting = false;
            changes++;
            KafkaDelivery delivery = new KafkaDelivery(slot, record);
            slot.current = delivery;
            return delivery;
        } finally {
            lock.unlock();
        }
    }

    /** {@return the same message to be handed out once more; null if this delivery is stale} */
    @Nullable
    KafkaDelivery release(KafkaDelivery delivery, int attempts, long firstFailedAtMillis) {
        lock.lock();
        try {
            if (!isCurrent(delivery)) {
                return null;
            }
            Slot slot = delivery.slot();
            slot.handedOut++;
            slot.attempts = attempts;
            slot.firstFailedAtMillis = firstFailedAtMillis;
            KafkaDelivery again = delivery.again();
            slot.current = again;
            changes++;
            return again;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether the delivery was current; then it was taken from its holder without being settled} */
    boolean claim(KafkaDelivery delivery) {
        lock.lock();
        try {
            boolean current = isCurrent(delivery);
            if (current) {
                delivery.slot().current = null;
                delivery.slot().handedOut++;
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    /** Gives a claimed delivery back to its holder, as what was to be done with it failed. */
    void unclaim(KafkaDelivery delivery) {
        lock.lock();
        try {
            if (!delivery.slot().settled) {
                delivery.slot().current = delivery;
                delivery.slot().handedOut--;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return shard + " (epoch " + epoch + ")";
    }
}

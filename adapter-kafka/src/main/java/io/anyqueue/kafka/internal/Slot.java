package io.anyqueue.kafka.internal;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A record that was fetched and is not known to be settled. Guarded by its tracker's lock, but for what is final. */
final class Slot {
    final PartitionTracker tracker;
    final long offset;
    /** Null once it is settled: many settled ones may lie behind one that is not. */
    @Nullable
    ConsumerRecord<byte[], byte[]> record;

    /** How often it was handed out before the current delivery, in this partition. */
    int handedOut;

    final int crashes;
    int attempts;
    long firstFailedAtMillis;
    /** Its time has not come; nobody can have it. */
    boolean waiting;

    boolean settled;

    /** It is settled by a commit that is under way, if that succeeds. */
    boolean moving;

    @Nullable
    KafkaDelivery current;

    Slot(PartitionTracker tracker, ConsumerRecord<byte[], byte[]> record, Counters past) {
        this.tracker = tracker;
        this.offset = record.offset();
        this.record = record;
        this.handedOut = past.deliveries();
        this.crashes = past.crashes();
        this.attempts = past.attempts();
        this.firstFailedAtMillis = past.firstFailedAtMillis();
    }

    /** {@return a record that was settled in an earlier session} */
    static Slot settled(PartitionTracker tracker, ConsumerRecord<byte[], byte[]> record) {
        Slot slot = new Slot(tracker, record, Counters.NONE);
        slot.settled = true;
        slot.record = null;
        return slot;
    }

    /** {@return what a successor has to know; while the session is open the current delivery is not counted, as it may be lost} */
    Counters past(boolean open) {
        boolean counts = !open && current != null && current.isPolled();
        return new Counters(handedOut + (counts ? 1 : 0), crashes, attempts, firstFailedAtMillis);
    }
}

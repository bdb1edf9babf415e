package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Records that are to be stored as what follows from a record, which is settled by that (rules SET-4, SET-5). Given to {@link Moves},
 * which tells one result, on any thread.
 */
abstract class Move {
    private final Slot slot;
    private final List<ProducerRecord<byte[], byte[]>> records;
    private final long sinceNanos = System.nanoTime();
    private boolean alone;

    Move(Slot slot, List<ProducerRecord<byte[], byte[]>> records) {
        this.slot = slot;
        this.records = List.copyOf(records);
    }

    final Slot slot() {
        return slot;
    }

    final PartitionTracker tracker() {
        return slot.tracker;
    }

    final List<ProducerRecord<byte[], byte[]>> records() {
        return records;
    }

    final long bytes() {
        long bytes = 0;
        for (ProducerRecord<byte[], byte[]> record : records) {
            byte[] value = record.value();
            bytes += Outbound.OVERHEAD_BYTES + (value == null ? 0 : value.length);
        }
        return bytes;
    }

    final long ageNanos() {
        return System.nanoTime() - sinceNanos;
    }

    /** {@return whether something of it goes to that topic} */
    final boolean isTo(String topic) {
        return records.stream().anyMatch(record -> record.topic().equals(topic));
    }

    /** One that was stored together with it could not be: which of them it was has to show. The polling thread's. */
    final void separate() {
        alone = true;
    }

    final boolean isAlone() {
        return alone;
    }

    /** They are stored, and the record is settled. */
    abstract void done();

    /** The partition is somebody else's, or the record was settled before. */
    abstract void stale();

    /** Nothing is settled. */
    abstract void failed(QueueException why);
}

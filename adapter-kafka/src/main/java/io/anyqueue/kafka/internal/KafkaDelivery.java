package io.anyqueue.kafka.internal;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** One hand-out of a record. Decoded by whoever asks first, not by the thread that polls. */
final class KafkaDelivery extends Delivery {
    private static final int OVERHEAD_BYTES = 128;

    private final Slot slot;
    private final ConsumerRecord<byte[], byte[]> record;
    private final int handedOut;
    private final int attemptsHere;
    private final long firstFailedHere;
    private boolean polled;
    private @Nullable Message message;
    private @Nullable Counters before;
    private @Nullable String lane;

    /** Under the tracker's lock. */
    KafkaDelivery(Slot slot, ConsumerRecord<byte[], byte[]> record) {
        this.slot = slot;
        this.record = record;
        this.handedOut = slot.handedOut;
        this.attemptsHere = slot.attempts;
        this.firstFailedHere = slot.firstFailedAtMillis;
    }

    /** {@return the next hand-out of the same record} Under the tracker's lock. */
    KafkaDelivery again() {
        KafkaDelivery again = new KafkaDelivery(slot, record);
        again.message = message;
        again.before = before;
        return again;
    }

    Slot slot() {
        return slot;
    }

    PartitionTracker tracker() {
        return slot.tracker;
    }

    ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    /** Under the inbox's lock, which also closes the inbox before this is read for good. */
    void polled(boolean now) {
        polled = now;
    }

    boolean isPolled() {
        return polled;
    }

    /** Reading it at the same time on two threads makes two equal messages, which does no harm. */
    @Override
    public Message message() {
        Message decoded = message;
        if (decoded == null) {
            decoded = Codec.message(record);
            message = decoded;
        }
        return decoded;
    }

    private Counters before() {
        Counters counters = before;
        if (counters == null) {
            counters = Counters.of(record.headers(), message().history());
            before = counters;
        }
        return counters;
    }

    /** {@return the endpoint that the receiver was made for} */
    @Override
    public Endpoint source() {
        return slot.tracker.source();
    }

    /** The key; for a foreign message without one its partition. Read by the thread that polls, which leaves all else to handlers. */
    @Override
    public String lane() {
        String known = lane;
        if (known == null) {
            String key = Codec.key(record);
            known = key == null ? slot.tracker.shard() : key;
            lane = known;
        }
        return known;
    }

    @Override
    public Object shard() {
        return slot.tracker.shard();
    }

    @Override
    public long epoch() {
        return slot.tracker.epoch();
    }

    @Override
    public int deliveries() {
        return before().deliveries() + handedOut + 1;
    }

    @Override
    public int crashes() {
        return before().crashes() + slot.crashes;
    }

    @Override
    public int attempts() {
        return attemptsHere != 0 ? attemptsHere : before().attempts();
    }

    @Override
    public long firstFailedAtMillis() {
        return firstFailedHere != 0 ? firstFailedHere : before().firstFailedAtMillis();
    }

    @Override
    public long enqueuedAtMillis() {
        return Math.max(0, Codec.entered(record));
    }

    /** The session's, which has no end by itself. */
    @Override
    public long leaseUntilNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public int size() {
        return Math.max(0, record.serializedValueSize()) + Math.max(0, record.serializedKeySize()) + OVERHEAD_BYTES;
    }

    @Override
    public String toString() {
        return "delivery " + record.offset() + " of " + slot.tracker.shard();
    }
}

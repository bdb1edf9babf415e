package io.anyqueue.inmemory.internal;

import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;

/**
 * One handing out of an entry. The entry knows its current receipt, so that a late settlement is told from one that counts
 * by comparing two references (rule SET-2). The counters are those of this handing out and do not change later.
 */
final class Receipt extends Delivery {
    final Entry entry;
    final Holder holder;
    private final History history;
    private final int deliveries;
    private final int crashes;
    private final long epoch;
    private long leaseUntilNanos;

    Receipt(Entry entry, Holder holder, long epoch) {
        this.entry = entry;
        this.holder = holder;
        this.history = entry.history;
        this.deliveries = entry.deliveries;
        this.crashes = entry.crashes;
        this.epoch = epoch;
        this.leaseUntilNanos = holder.clientNanos(entry.deadline);
    }

    /** The entry's lease was prolonged. */
    void prolonged() {
        leaseUntilNanos = holder.clientNanos(entry.deadline);
    }

    @Override
    public Message message() {
        return entry.message;
    }

    @Override
    public Endpoint source() {
        return holder.endpoint;
    }

    @Override
    public String lane() {
        Lane lane = entry.lane;
        return lane == null ? "" : lane.key;
    }

    @Override
    public Object shard() {
        Lane lane = entry.lane;
        return lane == null ? holder.endpoint : lane.shard;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public int deliveries() {
        return deliveries;
    }

    @Override
    public int crashes() {
        return crashes;
    }

    @Override
    public int attempts() {
        return history.attempts();
    }

    @Override
    public long firstFailedAtMillis() {
        return history.firstFailedAtMillis();
    }

    @Override
    public long enqueuedAtMillis() {
        return entry.storedAt / BrokerState.NANOS_PER_MILLI;
    }

    @Override
    public long leaseUntilNanos() {
        return leaseUntilNanos;
    }

    @Override
    public int size() {
        return entry.size;
    }

    @Override
    public String toString() {
        return "Delivery[source=" + source().name() + ", id=" + message().id() + ", deliveries=" + deliveries + "]";
    }
}

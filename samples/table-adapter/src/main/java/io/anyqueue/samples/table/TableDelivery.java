package io.anyqueue.samples.table;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;

/** A leased row. What settles it: its number, the holder and the count of its deliveries, which no later lease repeats. */
final class TableDelivery extends Delivery {
    private final Row row;
    private final Endpoint source;
    private volatile long leaseUntilNanos;

    TableDelivery(Row row, Endpoint source, long leaseUntilNanos) {
        this.row = row;
        this.source = source;
        this.leaseUntilNanos = leaseUntilNanos;
    }

    /** What waits in the buffer is prolonged there, and must not look lost when it is handed out. */
    void prolonged(long untilNanos) {
        leaseUntilNanos = untilNanos;
    }

    long seq() {
        return row.seq();
    }

    @Override
    public Message message() {
        return row.message();
    }

    @Override
    public Endpoint source() {
        return source;
    }

    @Override
    public String lane() {
        return row.key();
    }

    /** A lease is lost for one key at a time, so a key is the unit of ownership. */
    @Override
    public Object shard() {
        return row.key();
    }

    @Override
    public long epoch() {
        return row.deliveries();
    }

    @Override
    public int deliveries() {
        return row.deliveries();
    }

    @Override
    public int crashes() {
        return row.crashes();
    }

    @Override
    public int attempts() {
        return row.attempts();
    }

    @Override
    public long firstFailedAtMillis() {
        return row.firstFailedAt();
    }

    @Override
    public long enqueuedAtMillis() {
        return row.enqueuedAt();
    }

    @Override
    public long leaseUntilNanos() {
        return leaseUntilNanos;
    }

    @Override
    public int size() {
        return row.size();
    }
}

package io.anyqueue.conformance.adapter;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;

/** A delivery of no adapter's: it looks like another one and is not. */
final class ForeignDelivery extends Delivery {
    private final Delivery like;

    ForeignDelivery(Delivery like) {
        this.like = like;
    }

    @Override
    public Message message() {
        return like.message();
    }

    @Override
    public Endpoint source() {
        return like.source();
    }

    @Override
    public String lane() {
        return like.lane();
    }

    @Override
    public Object shard() {
        return like.shard();
    }

    @Override
    public long epoch() {
        return like.epoch();
    }

    @Override
    public int deliveries() {
        return like.deliveries();
    }

    @Override
    public int crashes() {
        return like.crashes();
    }

    @Override
    public int attempts() {
        return like.attempts();
    }

    @Override
    public long firstFailedAtMillis() {
        return like.firstFailedAtMillis();
    }

    @Override
    public long enqueuedAtMillis() {
        return like.enqueuedAtMillis();
    }

    @Override
    public long leaseUntilNanos() {
        return like.leaseUntilNanos();
    }

    @Override
    public int size() {
        return like.size();
    }
}

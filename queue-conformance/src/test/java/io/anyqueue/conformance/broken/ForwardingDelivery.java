package io.anyqueue.conformance.broken;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;

/** A delivery that tells what another tells: broken ones override what they tell wrongly. */
class ForwardingDelivery extends Delivery {
    final Delivery to;

    ForwardingDelivery(Delivery to) {
        this.to = to;
    }

    @Override
    public Message message() {
        return to.message();
    }

    @Override
    public Endpoint source() {
        return to.source();
    }

    @Override
    public String lane() {
        return to.lane();
    }

    @Override
    public Object shard() {
        return to.shard();
    }

    @Override
    public long epoch() {
        return to.epoch();
    }

    @Override
    public int deliveries() {
        return to.deliveries();
    }

    @Override
    public int crashes() {
        return to.crashes();
    }

    @Override
    public int attempts() {
        return to.attempts();
    }

    @Override
    public long firstFailedAtMillis() {
        return to.firstFailedAtMillis();
    }

    @Override
    public long enqueuedAtMillis() {
        return to.enqueuedAtMillis();
    }

    @Override
    public long leaseUntilNanos() {
        return to.leaseUntilNanos();
    }

    @Override
    public int size() {
        return to.size();
    }
}

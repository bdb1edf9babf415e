package io.anyqueue.conformance.served;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;

/** A delivery that stays with its session. */
final class ServedDelivery extends Delivery {
    final Delivery real;
    final ServedReceiver receiver;
    private final long epoch;

    ServedDelivery(Delivery real, ServedReceiver receiver, long epoch) {
        this.real = real;
        this.receiver = receiver;
        this.epoch = epoch;
    }

    @Override
    public Message message() {
        return real.message();
    }

    @Override
    public Endpoint source() {
        return real.source();
    }

    @Override
    public String lane() {
        return real.lane();
    }

    @Override
    public Object shard() {
        return receiver.shard();
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public int deliveries() {
        return real.deliveries();
    }

    @Override
    public int crashes() {
        return real.crashes();
    }

    @Override
    public int attempts() {
        return real.attempts();
    }

    @Override
    public long firstFailedAtMillis() {
        return real.firstFailedAtMillis();
    }

    @Override
    public long enqueuedAtMillis() {
        return real.enqueuedAtMillis();
    }

    @Override
    public long leaseUntilNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public int size() {
        return real.size();
    }
}

package io.anyqueue.spi.support;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;

final class FakeDelivery extends Delivery {
    private final Message message;
    private final int size;
    volatile long leaseUntilNanos;

    FakeDelivery(String id, int size, long leaseUntilNanos) {
        this.message = Message.builder(id).build();
        this.size = size;
        this.leaseUntilNanos = leaseUntilNanos;
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public Endpoint source() {
        return Endpoint.queue("q");
    }

    @Override
    public String lane() {
        return "";
    }

    @Override
    public Object shard() {
        return "shard";
    }

    @Override
    public long epoch() {
        return 1;
    }

    @Override
    public int deliveries() {
        return 1;
    }

    @Override
    public int crashes() {
        return 0;
    }

    @Override
    public int attempts() {
        return 0;
    }

    @Override
    public long firstFailedAtMillis() {
        return 0;
    }

    @Override
    public long enqueuedAtMillis() {
        return 0;
    }

    @Override
    public long leaseUntilNanos() {
        return leaseUntilNanos;
    }

    @Override
    public int size() {
        return size;
    }
}

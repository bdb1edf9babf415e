package io.anyqueue.core;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;

/** A delivery of nothing in particular, for the parts that only pass it on. */
public final class TestDelivery extends Delivery {
    private final Message message;

    /** A delivery of a message with that id and key. */
    public TestDelivery(String id, String key) {
        this.message = Message.builder(id).key(key).build();
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public Endpoint source() {
        return Endpoint.queue("test");
    }

    @Override
    public String lane() {
        return message.key().orElse("");
    }

    @Override
    public Object shard() {
        return lane();
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
        return Long.MAX_VALUE;
    }

    @Override
    public int size() {
        return 1;
    }
}

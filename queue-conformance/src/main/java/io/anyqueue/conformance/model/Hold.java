package io.anyqueue.conformance.model;

import io.anyqueue.spi.Delivery;
import java.util.concurrent.TimeUnit;

/** A delivery, and whose it is as far as that is known. Used by one thread. */
final class Hold {
    /** Clocks of brokers are read in milliseconds. */
    private static final long GRAIN = TimeUnit.MILLISECONDS.toNanos(2);

    final int consumer;
    final Delivery delivery;
    State state = State.HELD;
    private long leaseUntil;

    /** Whose a delivery is. */
    enum State {
        /** The consumer's, while its lease lasts. */
        HELD,
        /** The consumer's or not: its shard is being handed over, or what became of a settlement is not known. */
        LOOSE,
        /** It was settled. */
        SETTLED,
        /** Not the consumer's any more: settling it is late. */
        TAKEN
    }

    Hold(int consumer, Delivery delivery) {
        this.consumer = consumer;
        this.delivery = delivery;
        this.leaseUntil = delivery.leaseUntilNanos();
    }

    String id() {
        return delivery.message().id();
    }

    boolean isHeld() {
        return state == State.HELD;
    }

    boolean isOut() {
        return state == State.HELD || state == State.LOOSE;
    }

    boolean isOf(Object shard, long epoch) {
        return delivery.shard().equals(shard) && delivery.epoch() <= epoch;
    }

    /** {@return whether the broker may have taken it back by now} */
    boolean mayHaveLapsed(long nanos) {
        return leaseUntil != Long.MAX_VALUE && leaseUntil - nanos < GRAIN;
    }

    long millisLeft(long nanos) {
        return leaseUntil == Long.MAX_VALUE ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(leaseUntil - nanos);
    }

    void extended(long until) {
        if (leaseUntil != Long.MAX_VALUE) {
            leaseUntil = until;
        }
    }
}

package io.anyqueue.inmemory.internal;

import io.anyqueue.spi.Endpoint;
import org.jspecify.annotations.Nullable;

/** A receiver as the state knows it. */
final class Holder {
    final BrokerState broker;
    final Endpoint endpoint;

    /** What the driver knows it by; the state only hands it back with effects. */
    final Object receiver;

    /** Ready lanes of keys that it holds, on an ordered source. */
    final LaneList lanes = new LaneList();

    /** Null while the source does not exist. */
    @Nullable
    Source source;

    /** Whether its window is open. */
    boolean open;

    /** Whether it is to be told when something becomes ready for it. */
    boolean waiting;

    /** Whether its last poll was cut short by its limit of bytes. */
    boolean cut;

    private final long clockOffset;

    /**
     * A receiver.
     *
     * @param broker the state it belongs to
     * @param endpoint the source
     * @param clockOffset what added to the client's nanoseconds gives the state's time
     * @param receiver what the driver knows it by
     */
    Holder(BrokerState broker, Endpoint endpoint, long clockOffset, Object receiver) {
        this.broker = broker;
        this.endpoint = endpoint;
        this.clockOffset = clockOffset;
        this.receiver = receiver;
    }

    long clientNanos(long stateTime) {
        return stateTime == Long.MAX_VALUE ? Long.MAX_VALUE : stateTime - clockOffset;
    }
}

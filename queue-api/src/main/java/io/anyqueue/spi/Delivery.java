package io.anyqueue.spi;

import io.anyqueue.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message handed out to a consumer, and the receipt with which it is settled: the adapter extends it with what it needs
 * for that. Immutable but for the runtime's attachment.
 *
 * <p>Times are longs because they are read for every message.
 */
public abstract class Delivery {
    private @Nullable Object attachment;

    /** Creates a delivery. */
    protected Delivery() {}

    /** {@return the message} */
    public abstract Message message();

    /** {@return the queue or subscription it came from} */
    public abstract Endpoint source();

    /**
     * {@return what it is in order with: equal for deliveries that must be handled one after the other} On an ordered source
     * that is the key, or the shard for a foreign message without a key; on others it is not read and may be empty.
     */
    public abstract String lane();

    /** {@return the unit of ownership that can be revoked or lost; compared by {@code equals}} */
    public abstract Object shard();

    /** {@return the fencing token of the shard at the time of the delivery; rises whenever the shard changes hands} */
    public abstract long epoch();

    /** {@return how often it was handed out, this time included, also in earlier copies (rule RCV-5)} */
    public abstract int deliveries();

    /** {@return how often it was handed out and neither settled nor released: a lower bound (rule DLQ-3)} */
    public abstract int crashes();

    /** {@return how often our handler ran and failed, also for earlier copies (rule RCV-5)} */
    public abstract int attempts();

    /** {@return when it failed first, in milliseconds since the epoch; 0 if never or unknown} */
    public abstract long firstFailedAtMillis();

    /** {@return when the broker stored it, in milliseconds since the epoch; 0 if unknown} */
    public abstract long enqueuedAtMillis();

    /**
     * {@return when the lease ends, by {@link TimeSource#nanoTime()}; {@link Long#MAX_VALUE} where a session holds it} At least
     * as it was when the delivery was handed over; that it was prolonged since the runtime knows itself.
     */
    public abstract long leaseUntilNanos();

    /** {@return the size that counts against windows, in bytes} */
    public abstract int size();

    /** {@return what the runtime attached, if anything} */
    public final @Nullable Object attachment() {
        return attachment;
    }

    /**
     * Attaches the runtime's own state, so that a result finds it without a map. Adapters leave it alone.
     *
     * @param state the state
     */
    public final void attach(@Nullable Object state) {
        this.attachment = state;
    }
}

package io.anyqueue.kafka.internal;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One hand-out of a record that is locked for its lane. Decoded by whoever asks first. Safe for use by any thread: who settles it takes it
 * out of its state with {@link #leave}, so only one can.
 */
final class ShareDelivery extends Delivery {
    private static final int OVERHEAD_BYTES = 128;

    /** What may be done with it. */
    enum State {
        /** It is locked, and nobody has settled it. */
        OPEN,
        /** It is being settled; its lock is kept until that is over. */
        CLAIMED,
        /** It was settled, or its lock is lost. */
        OVER
    }

    private final ShareLane holder;
    private final Endpoint source;
    private final long epoch;
    private final ConsumerRecord<byte[], byte[]> record;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private volatile long leaseUntilNanos = Long.MAX_VALUE;
    private volatile boolean polled;
    private @Nullable Message message;
    private @Nullable Counters before;

    /** @param epoch higher than that of any earlier delivery of the receiver */
    ShareDelivery(ShareLane lane, Endpoint source, long epoch, ConsumerRecord<byte[], byte[]> record) {
        this.holder = lane;
        this.source = source;
        this.epoch = epoch;
        this.record = record;
    }

    ShareLane holder() {
        return holder;
    }

    ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    /** {@return whether it was in that state, and is in the next one now} */
    boolean leave(State from, State to) {
        return state.compareAndSet(from, to);
    }

    boolean isOpen() {
        return state.get() == State.OPEN;
    }

    boolean isClaimed() {
        return state.get() == State.CLAIMED;
    }

    /** {@return whether it was not over before} */
    boolean end() {
        return state.getAndSet(State.OVER) != State.OVER;
    }

    /** Its holder has it from now on, or for longer. */
    void lease(long untilNanos) {
        leaseUntilNanos = untilNanos;
        polled = true;
    }

    /** It was not handed over after all. */
    void putBack() {
        polled = false;
        leaseUntilNanos = Long.MAX_VALUE;
    }

    boolean isPolled() {
        return polled;
    }

    /** {@return whether its holder has had it for too long} What nobody holds is kept. */
    boolean isExpired(long nowNanos) {
        long until = leaseUntilNanos;
        return polled && until != Long.MAX_VALUE && nowNanos - until >= 0 && isOpen();
    }

    /** Reading it at the same time on two threads makes two equal messages, which does no harm. */
    @Override
    public Message message() {
        Message decoded = message;
        if (decoded == null) {
            decoded = Codec.message(record);
            message = decoded;
        }
        return decoded;
    }

    /** {@return what it went through before this record of it was written} */
    Counters before() {
        Counters counters = before;
        if (counters == null) {
            counters = Counters.of(record.headers(), message().history());
            before = counters;
        }
        return counters;
    }

    /** {@return how often the broker has locked this record for somebody before} */
    int earlier() {
        return earlier(record);
    }

    static int earlier(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0, record.deliveryCount().orElse((short) 1) - 1);
    }

    @Override
    public Endpoint source() {
        return source;
    }

    /** Nothing is in order here. */
    @Override
    public String lane() {
        return "";
    }

    /** Each record is locked alone. */
    @Override
    public Object shard() {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    /** Not the brokers' count, which begins anew when a broker dies. */
    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public int deliveries() {
        return before().deliveries() + earlier() + 1;
    }

    /** What was given back unread counts too: the broker does not tell it from a crash. */
    @Override
    public int crashes() {
        return before().crashes() + earlier();
    }

    @Override
    public int attempts() {
        return before().attempts();
    }

    @Override
    public long firstFailedAtMillis() {
        return before().firstFailedAtMillis();
    }

    @Override
    public long enqueuedAtMillis() {
        return Math.max(0, record.timestamp());
    }

    @Override
    public long leaseUntilNanos() {
        return leaseUntilNanos;
    }

    @Override
    public int size() {
        return Math.max(0, record.serializedValueSize()) + Math.max(0, record.serializedKeySize()) + OVERHEAD_BYTES;
    }

    @Override
    public String toString() {
        return "delivery " + epoch() + " of " + shard();
    }
}

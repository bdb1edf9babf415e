package io.anyqueue.inmemory.internal;

import io.anyqueue.History;
import io.anyqueue.Message;
import org.jspecify.annotations.Nullable;

/**
 * One message stored in one source. It is ready, delayed (until {@link #deadline}) or leased (until {@link #deadline}), and
 * carries the links of the lists it is in, so that nothing is allocated or looked up when it moves.
 */
final class Entry {
    /** The deadline of what is ready. */
    static final long NONE = 0;

    final Message message;
    final long sequence;
    final long storedAt;
    final int size;

    /** The attempts and the first failure so far; the deliveries are counted apart. */
    History history;

    int deliveries;
    int crashes;

    /** When the lease ends or the delay is over, in the state's time. */
    long deadline = NONE;

    /** The receipt of who has it; a settlement counts if it comes with this very object (rule SET-2). */
    @Nullable
    Receipt receipt;

    /** The key's lane, on an ordered source. */
    @Nullable
    Lane lane;

    /** Neighbours in the list of what is ready or in that of what is leased. */
    @Nullable
    Entry previous;

    @Nullable
    Entry next;

    /** Neighbours in the order of storing. */
    @Nullable
    Entry older;

    @Nullable
    Entry newer;

    /** Neighbours in the lane. */
    @Nullable
    Entry ahead;

    @Nullable
    Entry behind;

    Entry(Message message, long sequence, long storedAt, int size) {
        this.message = message;
        this.sequence = sequence;
        this.storedAt = storedAt;
        this.size = size;
        this.history = message.history();
        this.deliveries = history.deliveries();
    }

    boolean leased() {
        return receipt != null;
    }

    boolean ready() {
        return receipt == null && deadline == NONE;
    }

    /** {@return the message with what it went through here} */
    Message withHistory() {
        History all = new History(history.attempts(), deliveries, history.firstFailedAtMillis());
        return all.equals(message.history())
                ? message
                : message.toBuilder().history(all).build();
    }
}

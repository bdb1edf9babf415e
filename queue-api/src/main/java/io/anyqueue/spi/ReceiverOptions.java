package io.anyqueue.spi;

import io.anyqueue.Feature;
import io.anyqueue.StartAt;

/**
 * What a receiver is told beside its spec. Immutable.
 *
 * @param consumer names the consumer to operators; unique within the client
 * @param start where a new subscription begins
 * @param transactional whether what {@link Receiver#forward} stores must appear once to readers, whatever crashes (rule SET-5); asked
 *     for only where the adapter declares {@link Feature#TRANSACTIONS}. Then {@code forward} never returns false, and a release
 *     or anything else that the adapter settles by a copy stores that copy and settles the original in one step, too
 */
public record ReceiverOptions(String consumer, StartAt start, boolean transactional) {
    /**
     * Options of an ordinary receiver.
     *
     * @param consumer names the consumer to operators; unique within the client
     * @param start where a new subscription begins
     */
    public ReceiverOptions(String consumer, StartAt start) {
        this(consumer, start, false);
    }
}

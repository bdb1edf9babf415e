package io.anyqueue;

/**
 * One message of a batch, failed or acknowledged by itself (rule RTY-1). Valid until the batch handler returns.
 *
 * @param <T> the type of the payload
 */
public interface Received<T> {
    /** {@return the payload} */
    T payload();

    /** {@return the message, its counters and what can be done in its name} */
    MessageContext context();

    /**
     * Fails this message alone, which is an attempt; the others of the batch are acknowledged when the handler returns. If the
     * handler throws after all, its batch has failed as a whole and this call counts for nothing. Of several failures the
     * first counts.
     *
     * @param failure why
     * @throws QueueException INVALID_ARGUMENT if it is null, or if the handler has returned
     */
    void fail(Throwable failure);
}

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
     * Fails this message alone; the others of the batch are acknowledged when the handler returns.
     *
     * @param failure why
     */
    void fail(Throwable failure);
}

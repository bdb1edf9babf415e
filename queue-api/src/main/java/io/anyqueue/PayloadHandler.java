package io.anyqueue;

/**
 * Handles the payload of a message. Called by as many threads at once as the consumer's concurrency says (default 1).
 *
 * @param <T> the type of the payload
 */
@FunctionalInterface
public interface PayloadHandler<T> {
    /**
     * Handles a payload. Returning acknowledges the message.
     *
     * @param payload the payload
     * @throws Exception if it could not be handled: the message is retried and at last dead-lettered (rule RTY-1)
     */
    void handle(T payload) throws Exception;
}

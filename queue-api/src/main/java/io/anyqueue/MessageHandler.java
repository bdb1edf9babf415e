package io.anyqueue;

/**
 * Handles the payload of a message with its context. Called by as many threads at once as the consumer's concurrency says
 * (default 1).
 *
 * @param <T> the type of the payload
 */
@FunctionalInterface
public interface MessageHandler<T> {
    /**
     * Handles a payload. Returning acknowledges the message.
     *
     * @param payload the payload
     * @param context the message, its counters and what can be done in its name; valid until this method returns
     * @throws Exception if it could not be handled: the message is retried and at last dead-lettered (rule RTY-1)
     */
    void handle(T payload, MessageContext context) throws Exception;

    /**
     * Starts a handler that chooses by the class of the payload.
     *
     * @param type the common type of the payloads
     * @param <T> the common type of the payloads
     * @return a switch without cases
     */
    static <T> TypeSwitch<T> byType(Class<T> type) {
        return TypeSwitch.of(type);
    }
}

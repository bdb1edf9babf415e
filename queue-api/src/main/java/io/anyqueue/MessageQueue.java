package io.anyqueue;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A queue of a client: send to it, or consume from it; each message goes to one consumer (rule RCV-1).
 *
 * <p>Safe for use by any thread. A send completes normally only after the broker confirmed the message (rule SND-1). When
 * too much is in flight a send waits for room, at most as long as {@code anyqueue.send.wait} says (default 10 s), or fails
 * at once where {@code anyqueue.send.when-full=fail} (rule SND-6).
 *
 * @param <T> the type of the payloads
 */
public non-sealed interface MessageQueue<T> extends Address<T>, MessageSource<T> {
    /**
     * Sends a payload and waits for the confirmation. Inside a handler it is sent at once, whatever becomes of the
     * handler; {@link MessageContext#send} is what waits for its success.
     *
     * @param payload the payload
     * @return the id of the message
     * @throws QueueException INVALID_ARGUMENT, TOO_LARGE or UNSUPPORTED if the message is refused before anything is sent;
     *     NOT_FOUND, UNAVAILABLE, RESOURCE_EXHAUSTED, UNCONFIRMED, INTERRUPTED or CLOSED otherwise
     */
    String send(T payload);

    /**
     * Sends a message and waits for the confirmation.
     *
     * @param message the payload with its options
     * @return the id of the message
     * @throws QueueException as {@link #send(Object)}
     */
    String send(Outgoing<? extends T> message);

    /**
     * Sends a payload; does not wait for the confirmation, but may wait for room as described above.
     *
     * @param payload the payload
     * @return completes with the id once the broker has confirmed, or exceptionally with a {@link QueueException}. Every
     *     failure is in the future, none is thrown
     */
    CompletableFuture<String> sendAsync(T payload);

    /**
     * Sends a message; does not wait for the confirmation, but may wait for room as described above.
     *
     * @param message the payload with its options
     * @return as {@link #sendAsync(Object)}
     */
    CompletableFuture<String> sendAsync(Outgoing<? extends T> message);

    /**
     * Sends messages in batches and waits until each has its result. One that is refused does not harm the others (rule
     * SND-5). An empty list does nothing.
     *
     * @param messages the messages, in order
     * @throws PartialSendException if some were not confirmed; it lists them
     */
    void sendAll(List<? extends Outgoing<? extends T>> messages);
}

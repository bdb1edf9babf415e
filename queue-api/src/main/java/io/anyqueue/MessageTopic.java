package io.anyqueue;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A topic of a client: each message sent to it goes to every subscription (rules RCV-1, RCV-2).
 *
 * <p>Safe for use by any thread. The sends are as those of {@link MessageQueue}. A topic without a subscription confirms;
 * one warning and a counter say so (rule SND-3).
 *
 * @param <T> the type of the payloads
 */
public non-sealed interface MessageTopic<T> extends Address<T> {
    /**
     * Sends a payload and waits for the confirmation. Inside a handler it is sent at once, whatever becomes of the
     * handler; {@link MessageContext#send} is what waits for its success.
     *
     * @param payload the payload
     * @return the id of the message
     * @throws QueueException as {@link MessageQueue#send(Object)}
     */
    String send(T payload);

    /**
     * Sends a message and waits for the confirmation.
     *
     * @param message the payload with its options
     * @return the id of the message
     * @throws QueueException as {@link MessageQueue#send(Object)}
     */
    String send(Outgoing<? extends T> message);

    /**
     * Sends a payload without waiting for the confirmation.
     *
     * @param payload the payload
     * @return as {@link MessageQueue#sendAsync(Object)}
     */
    CompletableFuture<String> sendAsync(T payload);

    /**
     * Sends a message without waiting for the confirmation.
     *
     * @param message the payload with its options
     * @return as {@link MessageQueue#sendAsync(Object)}
     */
    CompletableFuture<String> sendAsync(Outgoing<? extends T> message);

    /**
     * Sends messages in batches and waits until each has its result.
     *
     * @param messages the messages, in order
     * @throws PartialSendException if some were not confirmed; it lists them
     */
    void sendAll(List<? extends Outgoing<? extends T>> messages);

    /**
     * Names a subscription of this topic. It is declared when a consumer of it is started, and receives what is sent from
     * then on, whether a consumer runs or not.
     *
     * @param name the logical name; {@code dlq}, {@code retry}, {@code delay}, {@code replies} and {@code s<n>} are reserved
     * @return the subscription
     * @throws QueueException INVALID_ARGUMENT if the name is not legal
     */
    MessageSource<T> subscription(String name);
}

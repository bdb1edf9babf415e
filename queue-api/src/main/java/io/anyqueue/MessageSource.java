package io.anyqueue;

/**
 * What messages are consumed from: a queue, or a subscription of a topic (rules RCV-1, RCV-2). Safe for use by any thread.
 *
 * @param <T> the type of the payloads
 */
public interface MessageSource<T> {
    /**
     * Starts a consumer with the defaults: one message at a time, {@link RetryPolicy#standard()}, dead letters on.
     *
     * @param handler handles a payload; returning acknowledges it, throwing does not
     * @return the consumer, once the source is declared and receiving
     * @throws QueueException as {@link ConsumerBuilder#start(PayloadHandler)}
     */
    MessageConsumer consume(PayloadHandler<? super T> handler);

    /**
     * Starts a consumer with the defaults, whose handler also gets the context.
     *
     * @param handler handles a payload; returning acknowledges it, throwing does not
     * @return the consumer, once the source is declared and receiving
     * @throws QueueException as {@link ConsumerBuilder#start(PayloadHandler)}
     */
    MessageConsumer consume(MessageHandler<? super T> handler);

    /** {@return a builder for a consumer with other settings} */
    ConsumerBuilder<T> consumer();

    /** {@return the dead letters of this source} */
    DeadLetters deadLetters();
}

package io.anyqueue;

import java.time.Duration;
import java.util.function.Function;

/**
 * Settings of a consumer. Each is checked when it is set as far as it can be, and together with the broker's capabilities
 * when the consumer is started: what the broker or this release cannot do is refused with UNSUPPORTED, never ignored (rule
 * CAP-1).
 *
 * <p>Each method changes and returns this builder. Not thread-safe; the consumers it starts are.
 *
 * @param <T> the type of the payloads
 */
public interface ConsumerBuilder<T> {
    /**
     * Runs up to this many handlers at once (rule BKP-2).
     *
     * @param handlers 1 to 10,000; default 1
     * @return this
     */
    ConsumerBuilder<T> concurrency(int handlers);

    /**
     * Interrupts a handler that runs longer; that is a failed attempt.
     *
     * @param limit more than zero; default 60 s
     * @return this
     */
    ConsumerBuilder<T> timeout(Duration limit);

    /**
     * Says when a failed message is run again (rule RTY-1).
     *
     * @param policy the policy; default {@link RetryPolicy#standard()}, on an ordered source its blocking counterpart. A
     *     policy with delays that was set here is refused on an ordered source (rule ORD-5)
     * @return this
     */
    ConsumerBuilder<T> retry(RetryPolicy policy);

    /**
     * Says what happens to a message whose attempts are used up.
     *
     * @param action default {@link WhenExhausted#DEAD_LETTER}. {@link WhenExhausted#PARK_KEY} is refused when the consumer is
     *     started with INVALID_ARGUMENT on a source without order, and with UNSUPPORTED where neither {@link #parking} nor the
     *     broker has a place for parked keys
     * @return this
     */
    ConsumerBuilder<T> whenExhausted(WhenExhausted action);

    /**
     * Handles a message once although it is delivered again (rules IDM-1, IDM-2).
     *
     * @param store remembers what was handled; default none
     * @return this
     */
    ConsumerBuilder<T> idempotent(IdempotencyStore store);

    /**
     * Takes the idempotency key from the payload.
     *
     * @param key gives the key; default the message id
     * @return this
     */
    ConsumerBuilder<T> idempotencyKey(Function<? super T, String> key);

    /**
     * Runs each handler in a transaction that also records the message as handled and keeps what it sends (rule IDM-3).
     *
     * @param transactions begins and ends them; default none
     * @return this
     */
    ConsumerBuilder<T> transactional(Transactions transactions);

    /**
     * Gives {@link WhenExhausted#PARK_KEY} a place to keep the rest of a key (rule ORD-4).
     *
     * @param parking the store; default the broker's own where it has one
     * @return this
     */
    ConsumerBuilder<T> parking(KeyParking parking);

    /**
     * Starts at most this many messages in a period; the rest is not fetched (rule BKP-3).
     *
     * @param messages 1 or more
     * @param period more than zero
     * @return this
     */
    ConsumerBuilder<T> rate(int messages, Duration period);

    /**
     * Pauses fetching while too many handlers fail (rule BKP-3).
     *
     * @param breaker the thresholds; default none
     * @return this
     */
    ConsumerBuilder<T> breaker(CircuitBreaker breaker);

    /**
     * Stores what comes of a message in one step with its acknowledgement (rule SET-5): what the handler sends by
     * {@link MessageContext#send} and {@link MessageContext#reply}, delayed retries and dead letters. Whatever crashes, each of them appears
     * once to readers of committed messages, which all consumers of this library are. What a failed run sent does not
     * appear at all.
     *
     * <p>That is all it promises. The handler may run again for the same message, so its other effects, such as writes to a database,
     * calls, and messages sent by {@link MessageQueue#send} rather than by the context, may happen again.
     *
     * <p>What would not be part of that step is refused: {@link #start} throws UNSUPPORTED where the broker lacks
     * {@link Feature#TRANSACTIONS}, and together with {@link #idempotent}, or with {@link WhenExhausted#PARK_KEY}, whose store is
     * written in a step of its own; and a handler that sends to another client's queue or topic gets UNSUPPORTED.
     *
     * @return this
     */
    ConsumerBuilder<T> exactlyOnce();

    /**
     * Says where a new subscription begins.
     *
     * @param start default: what is sent from its declaration on
     * @return this
     */
    ConsumerBuilder<T> from(StartAt start);

    /**
     * Starts without fetching, until {@link MessageConsumer#resume()}.
     *
     * @return this
     */
    ConsumerBuilder<T> startPaused();

    /**
     * Wraps the handling of messages; of several the first is outermost.
     *
     * @param stage where in the pipeline
     * @param middleware what runs there
     * @return this
     */
    ConsumerBuilder<T> use(Stage stage, Middleware middleware);

    /**
     * Starts the consumer.
     *
     * @param handler handles a payload
     * @return the consumer, once the source is declared and receiving
     * @throws QueueException UNSUPPORTED or INVALID_ARGUMENT if the settings cannot be kept; CONFLICT, NOT_FOUND,
     *     UNAVAILABLE, UNAUTHENTICATED or FORBIDDEN from the declaration; CLOSED
     */
    MessageConsumer start(PayloadHandler<? super T> handler);

    /**
     * Starts the consumer.
     *
     * @param handler handles a payload with its context
     * @return the consumer, once the source is declared and receiving
     * @throws QueueException as {@link #start(PayloadHandler)}
     */
    MessageConsumer start(MessageHandler<? super T> handler);

    /**
     * Starts a consumer that handles several messages at once: a batch begins when it is full, or when its oldest message
     * has waited long enough. {@link #concurrency} is the number of batches at once, and {@link #timeout} is for one run of
     * the handler. On an ordered source a batch has at most one message of each key.
     *
     * @param max most messages of a batch; 1 to 10,000, and times the concurrency at most 100,000
     * @param wait how long a message waits for others to fill its batch; zero to 10 minutes
     * @param handler handles a batch
     * @return the consumer, once the source is declared and receiving
     * @throws QueueException as {@link #start(PayloadHandler)}; UNSUPPORTED together with {@link #use}, as middleware runs
     *     around one message
     */
    MessageConsumer startBatch(int max, Duration wait, BatchHandler<T> handler);
}

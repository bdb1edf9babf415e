package io.anyqueue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A connection to a broker, and the entry point of Anyqueue. Open one per broker and process and share it.
 *
 * <pre>{@code
 * try (QueueClient client = QueueClient.connect("inmemory:")) {
 *   MessageQueue<Order> orders = client.queue("orders", Order.class);
 *   orders.consume(order -> System.out.println("shipping " + order.id()));
 *   orders.send(new Order("42", 3));
 *   client.runUntilShutdown(Duration.ofSeconds(30));
 * }
 * }</pre>
 *
 * <p>Safe for use by any thread.
 */
public interface QueueClient extends AutoCloseable {
    /**
     * Opens a client with default options.
     *
     * @param url the broker, such as {@code inmemory:} or {@code amqp://user:password@host:5672/vhost}
     * @return the client
     * @throws QueueException as {@link #connect(ClientOptions)}
     */
    static QueueClient connect(String url) {
        return connect(ClientOptions.of(url));
    }

    /**
     * Opens a client.
     *
     * @param options the URL and settings
     * @return the client. Whether it waits for a broker that is away is said by {@code anyqueue.start}
     * @throws QueueException INVALID_ARGUMENT if the URL or a setting is wrong or unknown; UNSUPPORTED if no adapter for
     *     the URL's scheme is there; UNAVAILABLE, UNAUTHENTICATED or FORBIDDEN from the broker
     */
    static QueueClient connect(ClientOptions options) {
        return QueueClientProvider.load().connect(Arguments.notNull(options, "options"));
    }

    /**
     * Opens an unordered queue.
     *
     * @param name the logical name
     * @param type the class of the payloads
     * @param <T> the type of the payloads
     * @return the queue
     * @throws QueueException as {@link #queue(QueueSpec)}
     */
    <T> MessageQueue<T> queue(String name, Class<T> type);

    /**
     * Opens a queue. It is declared on the broker according to {@code anyqueue.topology}, by default created if it is not
     * there.
     *
     * @param spec describes the queue
     * @param <T> the type of the payloads
     * @return the queue
     * @throws QueueException UNSUPPORTED if the broker cannot keep what the spec asks; INVALID_ARGUMENT if a physical name
     *     is not legal there, no codec knows the payload, or the name is in use for a topic; CONFLICT if the queue exists
     *     and differs; CLOSED
     */
    <T> MessageQueue<T> queue(QueueSpec<T> spec);

    /**
     * Opens an unordered topic.
     *
     * @param name the logical name
     * @param type the class of the payloads
     * @param <T> the type of the payloads
     * @return the topic
     * @throws QueueException as {@link #queue(QueueSpec)}
     */
    <T> MessageTopic<T> topic(String name, Class<T> type);

    /**
     * Opens a topic; as {@link #queue(QueueSpec)}.
     *
     * @param spec describes the topic
     * @param <T> the type of the payloads
     * @return the topic
     * @throws QueueException as {@link #queue(QueueSpec)}
     */
    <T> MessageTopic<T> topic(TopicSpec<T> spec);

    /**
     * Sends a question and waits for its answer, which a handler gives with {@link MessageContext#reply}. The question expires
     * with the time-out (rule EXP-1), so no retry answers it later. If the handler gives up before, the requester hears so at
     * once; if it ends well without a reply the wait ends with the time-out. Of a topic's several subscriptions, the first
     * answer counts.
     *
     * <p>The client's first request makes a queue for its replies, in every mode of {@code anyqueue.topology}, which
     * {@link #close()} deletes. Its physical name ends with {@code --replies}; a process that dies leaves it behind. At most
     * 10,000 requests of a client wait at a time. Replies that come late or twice are dropped and counted.
     *
     * @param to where the question goes, on this client's broker
     * @param question the question
     * @param reply the class of the answer, or a sealed type of several; nothing else is decoded (rule SEC-1)
     * @param timeout more than zero
     * @param <Q> the type of the question
     * @param <R> the type of the answer
     * @return the answer
     * @throws QueueException TIMEOUT if there was no answer in time, where the question may have been handled all the same;
     *     HANDLER_FAILED if the handler failed for good; UNDECODABLE if the answer is none of the class;
     *     RESOURCE_EXHAUSTED if too many requests wait; INVALID_ARGUMENT if an argument is null or wrong, or the
     *     destination is another client's; CLOSED; INTERRUPTED; and as {@link MessageQueue#send(Object)}
     */
    <Q, R> R request(Address<? super Q> to, Q question, Class<R> reply, Duration timeout);

    /**
     * Sends a question; as {@link #request}, without waiting for its answer. The first request of a client waits for its reply
     * queue. Cancelling the future only gives up the wait.
     *
     * @param to where the question goes
     * @param question the question
     * @param reply the class of the answer
     * @param timeout more than zero
     * @param <Q> the type of the question
     * @param <R> the type of the answer
     * @return completes with the answer, or exceptionally with a {@link QueueException}, on a thread of the executor
     */
    <Q, R> CompletableFuture<R> requestAsync(Address<? super Q> to, Q question, Class<R> reply, Duration timeout);

    /** {@return what the broker can do for an unordered queue with default settings} */
    Capabilities capabilities();

    /** {@return whether the broker answers and the consumers make progress (rule LIF-4)} */
    Health health();

    /**
     * Gives the native client, for what Anyqueue does not cover.
     *
     * @param nativeType its class
     * @param <N> its class
     * @return the native client
     * @throws QueueException UNSUPPORTED if the adapter has none of that class
     */
    <N> N unwrap(Class<N> nativeType);

    /**
     * Blocks until the process is asked to end (SIGTERM, SIGINT) or {@link #close()} is called, then stops all consumers:
     * fetches no more, gives running handlers the grace period, gives the rest back, and closes the client (rule LIF-1).
     *
     * @param grace zero or more
     * @throws QueueException INTERRUPTED if the calling thread is interrupted; the client is stopped all the same.
     *     UNSUPPORTED in a test with virtual time, whose one thread has to run everything else
     */
    void runUntilShutdown(Duration grace);

    /**
     * Stops all consumers with 30 s of grace, flushes what was accepted for sending, and closes the connection (rules SND-8,
     * LIF-2). Bounded in time; calling it again does nothing; allowed from a handler, for which it does not wait.
     */
    @Override
    void close();
}

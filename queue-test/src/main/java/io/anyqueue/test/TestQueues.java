package io.anyqueue.test;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.TopicSpec;
import io.anyqueue.spi.Broker;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client for tests: the runtime that production uses, on an in-memory broker of its own, in virtual time. Handlers run on the
 * test's own thread and only when the test lets them: in {@link #runUntilIdle()}, in {@link #advance}, and while a call of the
 * client waits. So no test sleeps, and each run is like the last.
 *
 * <pre>{@code
 * try (TestQueues queues = new TestQueues()) {
 *     queues.client().queue(ORDERS).consume(order -> shipped.add(order.id()));
 *     queues.client().queue(ORDERS).send(new Order("42", 3));
 *     queues.runUntilIdle();
 *     assertEquals(List.of("42"), shipped);
 * }
 * }</pre>
 *
 * <p>A dead letter that the test did not read with {@code dead(...)} fails it in {@link #close()}. Codecs are found as in
 * production, so JSON payloads need the JSON codec on the class path.
 *
 * <p>Belongs to one thread, see {@link VirtualTime}: a handler that blocks for ever, or waits for another thread, holds the test
 * for ever, and code under test that starts threads of its own to use the client fails it. Handlers with a concurrency above 1 take
 * turns message by message. {@link QueueClient#runUntilShutdown} is refused with UNSUPPORTED. Ids of messages differ from run to
 * run; all else is the same for the same {@link #seed}.
 */
public final class TestQueues implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final VirtualTime time = new VirtualTime();
    private final Broker inner = PrivateBroker.connect(time);
    private final Sent sent = new Sent();
    private final Faults faults = new Faults(time);
    private final TestBroker broker = new TestBroker(inner, faults, sent);
    private final LetterBox letters = new LetterBox(broker.declared(), time, inner);
    private final QueueClient client = QueueClient.connect(options(time, broker));
    private boolean closed;

    /** Opens a client on an empty broker. */
    public TestQueues() {}

    static ClientOptions options(VirtualTime time, Broker broker) {
        return ClientOptions.of("inmemory:")
                .use(broker)
                .use(time.clock())
                .use(time.scheduler())
                .use(time.executor());
    }

    /** {@return the client; it is closed with this object} */
    public QueueClient client() {
        return client;
    }

    /** {@return the clock that everything runs on, to be given to the code under test} It begins at 2026-01-01T00:00:00Z. */
    public Clock clock() {
        return time.clock();
    }

    /**
     * Lets time pass: runs what is ready, and what becomes due on the way, each at its own time. A handler may call this too, to be
     * one that takes long.
     *
     * @param by how long; zero or more
     * @throws QueueException INVALID_ARGUMENT if it is null or negative
     */
    public void advance(Duration by) {
        time.advance(by);
    }

    /**
     * Runs what is ready, and what that makes ready, without letting time pass: a retry with a delay stays where it is.
     *
     * @throws IllegalStateException if it finds no end within 1,000,000 steps; it names what is running
     */
    public void runUntilIdle() {
        time.runUntilIdle();
    }

    /**
     * Begins anew with the random numbers that spread retries. Equal seeds give equal runs; without this call the seed is 0.
     *
     * @param seed any number
     * @return this
     */
    public TestQueues seed(long seed) {
        time.seed(seed);
        return this;
    }

    /** {@return the faults that can be injected} */
    public Faults faults() {
        return faults;
    }

    /**
     * Lists what was sent to a queue, consumed or not: by the client, and by handlers when they had succeeded. A message that was
     * sent again with its id, a retry and a redrive are not sent anew.
     *
     * @param queue the queue
     * @param <T> the type of the payloads
     * @return the payloads in the order in which the broker stored them
     * @throws QueueException INVALID_ARGUMENT if it is null; CLOSED
     * @throws AssertionError if one cannot be decoded
     */
    public <T> List<T> sent(QueueSpec<T> queue) {
        checkUsable(queue, "queue");
        return Decoding.decode(queue.toString(), queue.type(), sent.to(queue.name()));
    }

    /**
     * Lists what was sent to a topic, whether it has subscriptions or not.
     *
     * @param topic the topic
     * @param <T> the type of the payloads
     * @return the payloads in the order in which the broker stored them
     * @throws QueueException INVALID_ARGUMENT if it is null; CLOSED
     * @throws AssertionError if one cannot be decoded
     */
    public <T> List<T> sent(TopicSpec<T> topic) {
        checkUsable(topic, "topic");
        return Decoding.decode(topic.toString(), topic.type(), sent.to(topic.name()));
    }

    /**
     * Reads the dead letters of a queue, so that they do not fail the test.
     *
     * @param queue the queue, not its dead-letter queue
     * @return the letters, oldest first; none if nothing consumes from the queue
     * @throws QueueException INVALID_ARGUMENT if it is null; CLOSED
     */
    public List<DeadLetter> dead(QueueSpec<?> queue) {
        checkUsable(queue, "queue");
        return letters.read(queue.name());
    }

    /**
     * Reads the dead letters of a subscription, so that they do not fail the test.
     *
     * @param topic the topic
     * @param subscription the name of the subscription
     * @return the letters, oldest first; none if nothing consumes from the subscription
     * @throws QueueException INVALID_ARGUMENT if an argument is null; CLOSED
     */
    public List<DeadLetter> dead(TopicSpec<?> topic, String subscription) {
        checkUsable(topic, "topic");
        checkUsable(subscription, "subscription");
        return letters.read(PrivateBroker.subscription(topic.name(), subscription));
    }

    private void checkUsable(@Nullable Object argument, String name) {
        if (argument == null) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, name + " is null");
        }
        if (closed) {
            throw new QueueException(ErrorCode.CLOSED, "the test's queues are closed");
        }
    }

    /**
     * Closes the client and the broker. Calling it again does nothing.
     *
     * @throws AssertionError if there are dead letters that the test did not read: it names their ids, reasons and errors
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            client.close();
            letters.failIfUnread();
        } finally {
            letters.close();
            time.await(inner.close(CLOSE_LIMIT), CLOSE_LIMIT);
        }
    }
}

package io.anyqueue.conformance.kit;

import io.anyqueue.ClientOptions;
import io.anyqueue.ConsumerBuilder;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageHandler;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.TopicSpec;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one case of the runtime suite, connected as an application connects, with a record of what was sent and
 * handled. Stops and closes what it opened. Used by the case's thread; sends may come from others.
 */
public final class Clients implements AutoCloseable {
    private static final Duration CLOSE = Duration.ofSeconds(20);

    private final Trial trial;
    private final boolean shortLeases;
    private final List<QueueClient> clients = new CopyOnWriteArrayList<>();
    private final Map<QueueClient, Broker> brokers = new ConcurrentHashMap<>();
    private final List<MessageConsumer> consumers = new CopyOnWriteArrayList<>();
    private final List<Runnable> ends = new CopyOnWriteArrayList<>();
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicInteger handlers = new AtomicInteger();
    private @Nullable QueueClient first;

    private Clients(Trial trial, boolean shortLeases) {
        this.trial = trial;
        this.shortLeases = shortLeases;
    }

    /** Proves something with clients. */
    @FunctionalInterface
    public interface Body {
        /**
         * Runs.
         *
         * @param clients what it runs with
         * @throws Exception fails the case
         */
        void run(Clients clients) throws Exception;
    }

    /**
     * Runs with clients that lease for as long as the runtime does by default.
     *
     * @param body what to run
     * @return the body of a case
     */
    public static Case.Body with(Body body) {
        return trial -> run(new Clients(trial, false), body);
    }

    /**
     * Runs with clients that lease only for {@link io.anyqueue.conformance.AdapterUnderTest#lease}, so that the case can see
     * leases end, or not end. Their adapters run on the kit's threads.
     *
     * @param body what to run
     * @return the body of a case
     */
    public static Case.Body withShortLeases(Body body) {
        return trial -> run(new Clients(trial, true), body);
    }

    private static void run(Clients own, Body body) throws Exception {
        try (own) {
            body.run(own);
        }
    }

    /** {@return the trial} */
    public Trial trial() {
        return trial;
    }

    // --- clients

    /** {@return the first client, connected on first use} */
    public synchronized QueueClient client() {
        if (first == null) {
            first = another();
        }
        return first;
    }

    /** {@return another client, as in another process} */
    public QueueClient another() {
        return connect(Map.of());
    }

    /**
     * Another client.
     *
     * @param more settings beside the adapter's
     * @param components as in {@link ClientOptions#use}
     * @return the client
     */
    public QueueClient connect(Map<String, String> more, Object... components) {
        ClientOptions options = ClientOptions.of(trial.url());
        trial.adapter().settings().forEach(options::set);
        more.forEach(options::set);
        for (Object component : components) {
            options.use(component);
        }
        Broker broker = ownBroker();
        QueueClient client = QueueClient.connect(broker == null ? options : options.use(shown(broker)));
        if (broker != null) {
            brokers.put(client, broker);
        }
        clients.add(client);
        return client;
    }

    /** Null where the runtime finds and connects the adapter itself, as for an application. */
    private @Nullable Broker ownBroker() {
        return shortLeases || trial.adapter().givenProvider().isPresent()
                ? trial.adapter().provider().connect(trial.config())
                : null;
    }

    private Broker shown(Broker broker) {
        return shortLeases ? new ShortLeases(broker, trial.adapter().lease()) : broker;
    }

    /**
     * Breaks a client's session, as if its process had died; only {@link #withShortLeases}.
     *
     * @param client the client
     */
    public void crash(QueueClient client) {
        Broker broker = brokers.get(client);
        if (broker == null) {
            throw new IllegalStateException("only a client whose adapter the kit connected can be crashed");
        }
        trial.adapter().clientCrash().accept(broker);
    }

    // --- destinations; what is declared in their name is deleted in the end

    /** {@return a queue of texts that no other case uses} */
    public QueueSpec<String> queue() {
        return queue(String.class);
    }

    /**
     * A queue that no other case uses.
     *
     * @param type the class of the payloads
     * @param <T> the class of the payloads
     * @return the queue
     */
    public <T> QueueSpec<T> queue(Class<T> type) {
        return QueueSpec.of(name(false), type);
    }

    /** {@return an ordered queue that no other case uses; the key is what stands before the payload's first slash} */
    public QueueSpec<String> orderedQueue() {
        return QueueSpec.of(name(true), String.class).orderedBy(Clients::key);
    }

    private String name(boolean ordered) {
        String name = trial.newName();
        Spec spec = Spec.of(Endpoint.queue(name)).withOrdered(ordered);
        trial.deleteInTheEnd(spec, Spec.of(spec.endpoint().deadLetters()));
        return name;
    }

    /**
     * A topic of texts that no other case uses.
     *
     * @param subscriptions the subscriptions that the case is going to use
     * @return the topic
     */
    public TopicSpec<String> topic(String... subscriptions) {
        String name = trial.newName();
        trial.deleteInTheEnd(Spec.of(Endpoint.topic(name)));
        for (String subscription : subscriptions) {
            Endpoint endpoint = Endpoint.topic(name).subscription(subscription);
            trial.deleteInTheEnd(Spec.of(endpoint), Spec.of(endpoint.deadLetters()));
        }
        return TopicSpec.of(name, String.class);
    }

    /**
     * The key of a payload of an ordered destination.
     *
     * @param payload such as {@code key/rest}
     * @return what stands before the slash
     */
    public static String key(String payload) {
        return payload.substring(0, Math.max(0, payload.indexOf('/')));
    }

    /** Waits until a subscription that was just declared is sure to receive what is sent. */
    public void awaitVisible() {
        trial.pass(client().capabilities().limits().subscriptionVisible());
    }

    // --- sending

    /**
     * Sends texts, one after the other, and writes down what becomes of each.
     *
     * @param queue where to
     * @param payloads the texts
     */
    public void send(MessageQueue<String> queue, String... payloads) {
        for (String payload : payloads) {
            send(queue, Outgoing.of(payload));
        }
    }

    /**
     * Sends a message and writes down what becomes of it.
     *
     * @param queue where to
     * @param message the message; is given an id if it has none
     * @return the id
     */
    public String send(MessageQueue<String> queue, Outgoing<String> message) {
        Outgoing<String> known = identified(message);
        return recorded(known, () -> queue.send(known));
    }

    /**
     * Sends a message and writes down what becomes of it.
     *
     * @param topic where to
     * @param payload the text
     * @return the id
     */
    public String send(MessageTopic<String> topic, String payload) {
        return send(topic, Outgoing.of(payload));
    }

    /**
     * Sends a message and writes down what becomes of it.
     *
     * @param topic where to
     * @param message the message; is given an id if it has none
     * @return the id
     */
    public String send(MessageTopic<String> topic, Outgoing<String> message) {
        Outgoing<String> known = identified(message);
        return recorded(known, () -> topic.send(known));
    }

    /**
     * Sends texts in one call.
     *
     * @param queue where to
     * @param payloads the texts
     */
    public void sendAll(MessageQueue<String> queue, List<String> payloads) {
        List<Outgoing<String>> all =
                payloads.stream().map(Outgoing::of).map(this::identified).toList();
        all.forEach(message -> add(message, Timeline.What.SENT, ""));
        queue.sendAll(all);
        all.forEach(message -> add(message, Timeline.What.CONFIRMED, ""));
    }

    private Outgoing<String> identified(Outgoing<String> message) {
        return message.id().isPresent()
                ? message
                : message.id("m" + messages.incrementAndGet() + "-" + trial.newName());
    }

    private String recorded(Outgoing<String> message, java.util.function.Supplier<String> send) {
        add(message, Timeline.What.SENT, "");
        try {
            String id = send.get();
            add(message, Timeline.What.CONFIRMED, "");
            return id;
        } catch (QueueException e) {
            add(
                    message,
                    e.maybeStored() ? Timeline.What.UNKNOWN : Timeline.What.REJECTED,
                    e.code().name());
            throw e;
        }
    }

    private void add(Outgoing<String> message, Timeline.What what, String note) {
        trial.timeline().add(message.id().orElse(""), key(message.payload()), what, note);
    }

    /**
     * Texts with numbers.
     *
     * @param prefix what each begins with
     * @param count how many
     * @return the prefix with 0, with 1, and so on
     */
    public static List<String> numbered(String prefix, int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(prefix + i);
        }
        return all;
    }

    // --- handling

    /** {@return a handler that succeeds, and writes down its runs} */
    public Runs runs() {
        return runs((payload, context) -> {});
    }

    /**
     * A handler that writes down its runs.
     *
     * @param then what it does
     * @return the handler
     */
    public Runs runs(MessageHandler<? super String> then) {
        return new Runs(trial, "handler" + handlers.incrementAndGet(), then);
    }

    /**
     * Starts a consumer that is stopped in the end, before the clients are closed.
     *
     * @param consumer its settings
     * @param handler its handler
     * @return the consumer
     */
    public MessageConsumer start(ConsumerBuilder<String> consumer, MessageHandler<String> handler) {
        return stopInTheEnd(consumer.start(handler));
    }

    /**
     * Stops a consumer in the end, before the clients are closed.
     *
     * @param consumer the consumer
     * @return the same
     */
    public MessageConsumer stopInTheEnd(MessageConsumer consumer) {
        consumers.add(consumer);
        return consumer;
    }

    /** {@return a latch that is open in the end at the latest, for handlers to wait for} */
    public CountDownLatch latch() {
        CountDownLatch latch = new CountDownLatch(1);
        ends.add(latch::countDown);
        return latch;
    }

    /** Lets handlers end, stops consumers without grace and closes clients; a failure of that is no failure of the case. */
    @Override
    public void close() {
        ends.forEach(Runnable::run);
        inParallel(consumers.stream()
                .<Runnable>map(each -> () -> each.stop(Duration.ZERO))
                .toList());
        inParallel(clients.stream().<Runnable>map(each -> each::close).toList());
        brokers.values()
                .forEach(broker -> quietly(() -> {
                    var unused = broker.close(Duration.ofSeconds(5));
                }));
    }

    private void inParallel(List<Runnable> steps) {
        List<Thread> threads = new ArrayList<>();
        for (Runnable step : steps) {
            Thread thread = Resources.daemon("conformance-close").newThread(() -> quietly(step));
            thread.start();
            threads.add(thread);
        }
        long deadline = System.nanoTime() + TimeScale.scaled(CLOSE).toNanos();
        for (Thread thread : threads) {
            join(thread, deadline);
        }
    }

    private static void join(Thread thread, long deadline) {
        try {
            thread.join(
                    Math.max(1, Duration.ofNanos(deadline - System.nanoTime()).toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void quietly(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            trial.timeline().add("(cleaning up)", "", Timeline.What.UNKNOWN, String.valueOf(e.getMessage()));
        }
    }
}

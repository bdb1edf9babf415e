package io.anyqueue.conformance.kit;

import io.anyqueue.Capabilities;
import io.anyqueue.LeaseModel;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.StartAt;
import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.TestClock;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one case runs with: clients, names and messages of its own, a clock, and a record of all that happened. Whatever it opens
 * it closes, and whatever it declares it deletes. Used by the case's thread; senders and settlements may be used by others.
 */
public final class Trial implements AutoCloseable {
    /** How long to wait for what must come. */
    public static final Duration SIGNAL = Duration.ofSeconds(10);

    /** How long to wait for what must not come. */
    public static final Duration SILENCE = Duration.ofMillis(700);

    /** Until another client gets what one left: rule LIF-1's two seconds, and what it takes to connect and to join. */
    public static final Duration GIVEN_BACK = Duration.ofSeconds(5);

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final AdapterUnderTest adapter;
    private final String name;
    private final long seed;
    private final Resources resources;
    private final Timeline timeline;
    private final Random random;
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicInteger messages = new AtomicInteger();
    private final Map<Broker, KitConfig> brokers = new LinkedHashMap<>();
    private final List<Spec> declared = new ArrayList<>();
    private @Nullable Broker first;

    /**
     * A trial.
     *
     * @param adapter the adapter
     * @param name unique for each trial; letters, digits and '-'
     * @param seed makes what is random repeatable
     * @param clock a clock to turn, if there is one
     */
    public Trial(AdapterUnderTest adapter, String name, long seed, Optional<TestClock> clock) {
        this.adapter = adapter;
        this.name = name;
        this.seed = seed;
        this.resources = new Resources(clock);
        this.timeline = new Timeline(resources.time()::nanoTime);
        this.random = new Random(seed);
    }

    /** {@return the adapter} */
    public AdapterUnderTest adapter() {
        return adapter;
    }

    /** {@return the seed} */
    public long seed() {
        return seed;
    }

    /** {@return what is random, repeatable by the seed} */
    public Random random() {
        return random;
    }

    /** {@return what happened so far} */
    public Timeline timeline() {
        return timeline;
    }

    /** {@return milliseconds since the epoch, by the clock that the adapter has} */
    public long now() {
        return resources.time().currentTimeMillis();
    }

    /** {@return nanoseconds by the clock that the adapter has} */
    public long nanoTime() {
        return resources.time().nanoTime();
    }

    // --- clients

    /** {@return the first client's broker, connected on first use} */
    public synchronized Broker broker() {
        if (first == null) {
            first = connect(adapter.settings());
        }
        return first;
    }

    /** {@return the broker of another client, as in another process} */
    public Broker anotherClient() {
        return connect(adapter.settings());
    }

    /**
     * Connects with other settings.
     *
     * @param settings the settings
     * @return the broker
     */
    public Broker connect(Map<String, String> settings) {
        return connect(adapter.url(name), settings);
    }

    /**
     * Connects to another URL.
     *
     * @param url the URL
     * @param settings the settings
     * @return the broker
     */
    public synchronized Broker connect(String url, Map<String, String> settings) {
        KitConfig config = new KitConfig(url, settings, resources);
        Broker broker = adapter.provider().connect(config);
        brokers.put(broker, config);
        return broker;
    }

    /** {@return a configuration like that of every client, for a provider that the case calls itself} */
    public BrokerConfig config() {
        return new KitConfig(adapter.url(name), adapter.settings(), resources);
    }

    /** {@return the URL of this trial's broker} */
    public String url() {
        return adapter.url(name);
    }

    /** {@return what the adapter of the first client reported beside results: unrouted and lost messages} */
    public List<String> reported() {
        Broker broker = broker();
        synchronized (this) {
            KitConfig config = brokers.get(broker);
            return config == null ? List.of() : config.reported();
        }
    }

    // --- destinations

    /** {@return a name that no other trial uses} */
    public String newName() {
        return name + "-" + names.incrementAndGet();
    }

    /** {@return an unordered queue that is declared, with the adapter's short lease} */
    public Spec queue() {
        return declare(plainQueue());
    }

    /** {@return a queue that is declared, with a lease that no case outlasts, so that nothing comes back by itself} */
    public Spec steadyQueue() {
        return declare(plainQueue().withLease(SIGNAL.multipliedBy(6)));
    }

    /** {@return an ordered queue that is declared} */
    public Spec orderedQueue() {
        return declare(plainQueue().withOrdered(true));
    }

    /** {@return a queue that is not declared} */
    public Spec plainQueue() {
        return Spec.of(Endpoint.queue(newName())).withLease(adapter.lease());
    }

    /** {@return a topic that is declared} */
    public Spec topic() {
        return declare(Spec.of(Endpoint.topic(newName())).withLease(adapter.lease()));
    }

    /**
     * Declares a subscription.
     *
     * @param topic of this topic
     * @param subscription its name
     * @return the subscription
     */
    public Spec subscription(Spec topic, String subscription) {
        return declare(topic.withEndpoint(((TopicEndpoint) topic.endpoint()).subscription(subscription)));
    }

    /**
     * Declares.
     *
     * @param spec the endpoint
     * @return the same
     */
    public Spec declare(Spec spec) {
        declareAll(Topology.Mode.CREATE, spec);
        return spec;
    }

    /**
     * Declares in order.
     *
     * @param mode what may be done
     * @param specs the endpoints
     */
    public void declareAll(Topology.Mode mode, Spec... specs) {
        declared.addAll(Arrays.asList(specs));
        await("declare " + specs[0].endpoint().name(), broker().topology().declare(List.of(specs), mode));
    }

    /**
     * Has something deleted in the end that the case does not declare itself.
     *
     * @param specs the endpoints, a topic before its subscriptions
     */
    public synchronized void deleteInTheEnd(Spec... specs) {
        declared.addAll(Arrays.asList(specs));
    }

    /**
     * What the adapter declares.
     *
     * @param spec for this spec
     * @return its capabilities
     */
    public Capabilities capabilities(Spec spec) {
        return broker().capabilities(spec);
    }

    // --- messages, senders, receivers

    /** {@return a message with an id of its own and a small body} */
    public Message message() {
        return build().build();
    }

    /**
     * A message of a key.
     *
     * @param key the key
     * @return the message
     */
    public Message message(String key) {
        return build().key(key).build();
    }

    /** {@return a message to be built, with an id of its own} */
    public Message.Builder build() {
        String id = "m" + messages.incrementAndGet() + "-" + name;
        return Message.builder(id).type("test").createdAtMillis(now()).body(id.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Messages.
     *
     * @param count how many
     * @return the messages
     */
    public List<Message> messages(int count) {
        List<Message> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(message());
        }
        return all;
    }

    /**
     * A sender of the first client.
     *
     * @param target where to
     * @return the sender
     */
    public TestSender sender(Spec target) {
        return sender(broker(), target);
    }

    /**
     * A sender.
     *
     * @param client of this client
     * @param target where to
     * @return the sender
     */
    public TestSender sender(Broker client, Spec target) {
        return new TestSender(this, client.sender(target), target.endpoint().name());
    }

    /**
     * A receiver of the first client, its window open.
     *
     * @param source from where
     * @return the receiver
     */
    public TestReceiver receiver(Spec source) {
        return receiver(broker(), source);
    }

    /**
     * A receiver, its window open.
     *
     * @param client of this client
     * @param source from where
     * @return the receiver
     */
    public TestReceiver receiver(Broker client, Spec source) {
        TestReceiver receiver = closedReceiver(client, source);
        receiver.window(TestReceiver.WINDOW);
        return receiver;
    }

    /**
     * A receiver whose window was not opened.
     *
     * @param client of this client
     * @param source from where
     * @return the receiver
     */
    public TestReceiver closedReceiver(Broker client, Spec source) {
        String consumer = newName();
        TestListener listener = new TestListener();
        return new TestReceiver(
                this,
                client.receiver(source, new ReceiverOptions(consumer, StartAt.now()), listener),
                listener,
                consumer.substring(name.length() + 1),
                source);
    }

    // --- time and checks

    /**
     * Lets a client lose what it holds, as if its process had died: breaks its session, or does nothing more where each delivery
     * has a lease that ends by itself. It is back after {@link #recovery} at the latest, and not with the same receiver, whose
     * window is closed: what a living one fetches again it keeps.
     *
     * @param client the client
     * @param source the queue or subscription
     * @param holder holds it
     */
    public void abandon(Broker client, Spec source, TestReceiver holder) {
        holder.window(0);
        if (capabilities(source).leases() != LeaseModel.SESSION) {
            return;
        }
        if (!adapter.means().contains(Means.CLIENT_CRASH)) {
            throw new NotSupported("no hook: CLIENT_CRASH, and leases are a session's");
        }
        adapter.clientCrash().accept(client);
    }

    /**
     * How long after a crash of its holder a message must be with another client at the latest: rule RCV-4's time, and what it takes to
     * connect and to join.
     *
     * @param source the queue or subscription
     * @return the time
     */
    public Duration recovery(Spec source) {
        Capabilities capabilities = capabilities(source);
        return capabilities.leases() == LeaseModel.SESSION
                ? capabilities.limits().crashDetection().plus(GIVEN_BACK)
                : source.lease().plus(GIVEN_BACK);
    }

    /**
     * Waits until something is so.
     *
     * @param what the condition in words, for the failure
     * @param limit for how long; stretched on slow machines
     * @param condition the condition; may act, such as by polling
     */
    public void eventually(String what, Duration limit, BooleanSupplier condition) {
        eventually(() -> what, limit, condition);
    }

    /**
     * Waits until something is so.
     *
     * @param what the condition in words, asked for when it failed
     * @param limit for how long; stretched on slow machines
     * @param condition the condition; may act, such as by polling
     */
    public void eventually(Supplier<String> what, Duration limit, BooleanSupplier condition) {
        Duration stretched = TimeScale.scaled(limit);
        if (!resources.until(stretched, condition)) {
            throw new AssertionError("not within " + stretched + ": " + what.get());
        }
    }

    /**
     * Waits while a condition does not hold.
     *
     * @param time at most this long, not stretched
     * @param condition the condition
     * @return whether it held in the end
     */
    public boolean until(Duration time, BooleanSupplier condition) {
        return resources.until(time, condition);
    }

    /**
     * Lets time pass.
     *
     * @param time how long
     */
    public void pass(Duration time) {
        resources.until(time, () -> false);
    }

    /**
     * Waits for a stage.
     *
     * @param what what it does, for the failure
     * @param stage the stage
     * @param <T> its value
     * @return its value
     * @throws QueueException what the stage failed with
     */
    public <T> T await(String what, CompletionStage<T> stage) {
        return await(what, SIGNAL, stage);
    }

    /**
     * Waits for a stage.
     *
     * @param what what it does, for the failure
     * @param limit for how long
     * @param stage the stage
     * @param <T> its value
     * @return its value
     * @throws QueueException what the stage failed with
     */
    public <T> T await(String what, Duration limit, CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        eventually("the adapter completes to " + what, limit, future::isDone);
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof QueueException known) {
                throw known;
            }
            throw new AssertionError(what + " failed with no QueueException", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + what, e);
        }
    }

    /**
     * Runs a task on several threads at once and waits for them. The task must not wait for what needs time, as time is turned
     * by the case's thread.
     *
     * @param threads how many
     * @param task is given the number of its thread, from 0
     */
    public void concurrently(int threads, IntConsumer task) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            all.add(beside(() -> task.accept(number)));
        }
        for (CompletableFuture<Void> one : all) {
            await("return from a call on another thread", one);
        }
    }

    /**
     * Runs a task beside the case, which must wait for it in the end. The task must not wait itself.
     *
     * @param task the task
     * @return its end
     */
    public CompletableFuture<Void> beside(Runnable task) {
        return CompletableFuture.runAsync(task, resources.executor());
    }

    /**
     * Fails the case unless each message was delivered exactly once, in any order.
     *
     * @param sent the messages
     * @param delivered what was delivered
     */
    public void exactly(List<Message> sent, List<? extends Delivery> delivered) {
        List<String> missing = new ArrayList<>(sent.stream().map(Message::id).toList());
        List<String> surplus = new ArrayList<>();
        for (Delivery delivery : delivered) {
            String id = delivery.message().id();
            if (!missing.remove(id)) {
                surplus.add(id);
            }
        }
        check(
                missing.isEmpty() && surplus.isEmpty(),
                "of " + sent.size() + " messages are missing " + missing + ", and duplicated or foreign are "
                        + surplus);
    }

    /**
     * Fails the case unless a condition holds.
     *
     * @param holds the condition
     * @param otherwise what is wrong if it does not
     */
    public void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** Deletes what was declared and closes all clients; a failure of that is no failure of the case. */
    @Override
    public void close() {
        try {
            deleteDeclared();
        } finally {
            List<Broker> all;
            synchronized (this) {
                all = List.copyOf(brokers.keySet());
            }
            all.forEach(this::close);
            resources.close();
        }
    }

    private void deleteDeclared() {
        for (int i = declared.size() - 1; i >= 0; i--) {
            Spec spec = declared.get(i);
            quietly(() -> broker().topology().delete(spec).toCompletableFuture());
        }
    }

    private void close(Broker broker) {
        quietly(() -> broker.close(CLOSE).toCompletableFuture());
    }

    private void quietly(Supplier<CompletableFuture<Void>> step) {
        try {
            CompletableFuture<Void> stage = step.get();
            resources.until(TimeScale.scaled(CLOSE), stage::isDone);
        } catch (RuntimeException | AssertionError e) {
            // Cleaning up is not what is being proven; what it must do has cases of its own.
            timeline.add("(cleaning up)", "", Timeline.What.UNKNOWN, String.valueOf(e.getMessage()));
        }
    }
}

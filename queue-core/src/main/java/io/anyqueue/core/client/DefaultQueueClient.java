package io.anyqueue.core.client;

import io.anyqueue.Address;
import io.anyqueue.Capabilities;
import io.anyqueue.DeadLetters;
import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.KeyParking;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.TopicSpec;
import io.anyqueue.core.codec.Codecs;
import io.anyqueue.core.config.Settings;
import io.anyqueue.core.consume.ConsumerPlan;
import io.anyqueue.core.consume.RunningConsumer;
import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.pipeline.Handling;
import io.anyqueue.core.pipeline.Outlet;
import io.anyqueue.core.request.Replies;
import io.anyqueue.core.request.Requests;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The client: opens destinations and starts consumers. Safe for use by any thread. */
final class DefaultQueueClient implements QueueClient {
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(30);

    private final Settings settings;
    private final Broker broker;
    private final Opener opener;
    private final Consumers consumers;
    private final Requests requests;
    private final DeadLetterAccess letters;
    private final Closing closing;
    private final CompletableFuture<Void> ending = new CompletableFuture<>();
    private final Threads threads;
    private final Shutdown shutdown = new Shutdown();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> isClosed = new CompletableFuture<>();

    DefaultQueueClient(
            Settings settings, Broker broker, boolean ownsBroker, Codecs codecs, Threads threads, Meters meters) {
        this.settings = settings;
        this.broker = broker;
        this.threads = threads;
        Registry registry =
                new Registry(broker, new Declarations(broker, settings, threads), settings.send(), meters, threads);
        this.opener = new Opener(this, new Destinations(settings, broker), registry, codecs, broker, threads);
        this.consumers = new Consumers(registry, broker, threads, meters, new Replies(broker, codecs, threads.time()));
        this.requests = new Requests(broker, settings.namePrefix(), codecs, threads, meters);
        this.letters = new DeadLetterAccess(this, registry, consumers, broker, threads, meters, ending);
        this.closing = new Closing(registry, broker, ownsBroker, threads, meters);
    }

    Settings settings() {
        return settings;
    }

    /** {@return where what is to be random comes from} */
    Supplier<RandomGenerator> random() {
        return threads::random;
    }

    Capabilities capabilities(Spec spec) {
        return broker.capabilities(spec);
    }

    Optional<KeyParking> parking() {
        return broker.parking();
    }

    DeadLetters deadLetters(SourceParts<?> parts) {
        return letters.of(parts);
    }

    RunningConsumer start(SourceParts<?> parts, ConsumerPlan plan, Handling handling) {
        checkOpen();
        RunningConsumer consumer = consumers.start(parts, plan, handling);
        if (closed.get()) {
            consumer.stop(Duration.ZERO);
            checkOpen();
        }
        return consumer;
    }

    @Override
    public <T> MessageQueue<T> queue(String name, Class<T> type) {
        return queue(QueueSpec.of(name, type));
    }

    @Override
    public <T> MessageQueue<T> queue(QueueSpec<T> spec) {
        checkOpen();
        return opener.queue(notNull(spec, "spec"));
    }

    @Override
    public <T> MessageTopic<T> topic(String name, Class<T> type) {
        return topic(TopicSpec.of(name, type));
    }

    @Override
    public <T> MessageTopic<T> topic(TopicSpec<T> spec) {
        checkOpen();
        return opener.topic(notNull(spec, "spec"));
    }

    @Override
    public <Q, R> R request(Address<? super Q> to, Q question, Class<R> reply, Duration timeout) {
        checkOpen();
        return requests.request(target(notNull(to, "address")), question, reply, timeout);
    }

    @Override
    public <Q, R> CompletableFuture<R> requestAsync(
            Address<? super Q> to, Q question, Class<R> reply, Duration timeout) {
        try {
            checkOpen();
            return requests.requestAsync(target(notNull(to, "address")), question, reply, timeout);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <A> Requests.Target<A> target(Address<A> to) {
        Outlet<A> outlet = opener.find(to);
        if (outlet.broker() != broker) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    outlet.publisher().spec().endpoint().name()
                            + " is a destination of another client, whose broker could not bring the reply here; ask"
                            + " with that client");
        }
        return new Requests.Target<>(outlet.factory(), outlet.publisher());
    }

    @Override
    public Capabilities capabilities() {
        return broker.capabilities(Spec.of(Endpoint.queue("capabilities")));
    }

    @Override
    public Health health() {
        return closed.get()
                ? new Health(Health.Status.DOWN, List.of("the client is closed"))
                : consumers.health(withRequests(broker.health()));
    }

    private Health withRequests(Health health) {
        String trouble = requests.trouble();
        if (trouble == null) {
            return health;
        }
        List<String> notes = new ArrayList<>(health.notes());
        notes.add(trouble);
        boolean down = health.status() == Health.Status.DOWN;
        return new Health(down ? Health.Status.DOWN : Health.Status.DEGRADED, notes);
    }

    @Override
    public <N> N unwrap(Class<N> nativeType) {
        return broker.unwrap(notNull(nativeType, "nativeType"))
                .orElseThrow(() -> new QueueException(
                        ErrorCode.UNSUPPORTED, settings.url().scheme() + " has no native " + nativeType.getName()));
    }

    @Override
    public void runUntilShutdown(Duration grace) {
        if (notNull(grace, "grace").isNegative()) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "grace is negative: " + grace);
        }
        if (threads.isCooperative()) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "runUntilShutdown would hold the one thread that has to run everything else; leave it out here, and"
                            + " advance the time or close the client");
        }
        shutdown.await(grace, () -> close(grace));
    }

    @Override
    public void close() {
        close(CLOSE_GRACE);
    }

    /** From a handler it does not wait: that handler is one of those it would wait for. */
    private void close(Duration grace) {
        boolean first = closed.compareAndSet(false, true);
        ending.complete(null);
        if (RunningConsumer.isHandlerThread()) {
            if (first) {
                consumers.startNoMore();
                threads.inBackground("anyqueue-close", () -> closeNow(grace));
            }
        } else if (first) {
            closeNow(grace);
        } else {
            awaitClosed(grace);
        }
    }

    /** An interrupt that the caller came with must not take the grace from handlers and sends. */
    private void closeNow(Duration grace) {
        boolean interrupted = Thread.interrupted();
        try {
            consumers.stop(grace);
            requests.close();
            closing.run();
        } finally {
            isClosed.complete(null);
            shutdown.ask();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void awaitClosed(Duration grace) {
        try {
            threads.await(isClosed, Duration.ofNanos(Nanos.of(grace)).plus(Closing.LONGEST));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            throw new QueueException(ErrorCode.TIMEOUT, "the client is still being closed after " + grace, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody can fail this future", e);
        }
    }

    void checkOpen() {
        if (closed.get()) {
            throw new QueueException(ErrorCode.CLOSED, "the client is closed");
        }
    }

    private static <V> V notNull(@Nullable V value, String name) {
        if (value == null) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, name + " is null");
        }
        return value;
    }
}

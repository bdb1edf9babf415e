package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client of RabbitMQ: one connection to publish, which the server may block, and one to consume, which it may not (hazard of a
 * shared one: an alarm would also stop acknowledgements). Safe for use by any thread.
 */
public final class RabbitMqBroker implements Broker {
    private static final long MOST_CLOSE_MILLIS = 60_000;

    private final BrokerConfig config;
    private final Settings settings;
    private final Connector connector;
    private final Link publishing;
    private final Link consuming;
    private final DelayGate gate;
    private final RabbitMqTopology topology;
    private final Publisher copies;
    private final List<RabbitMqSender> senders = new CopyOnWriteArrayList<>();
    private final List<RabbitMqReceiver> receivers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /**
     * Checks the settings; connects at first use.
     *
     * @param config all that is set
     * @throws QueueException INVALID_ARGUMENT or UNSUPPORTED for what is set
     */
    public RabbitMqBroker(BrokerConfig config) {
        this.config = config;
        this.connector = new Connector(config);
        this.settings = connector.settings();
        this.publishing = new Link("publishing", connector, config);
        this.consuming = new Link("consuming", connector, config);
        this.gate = new DelayGate(config, consuming, publishing);
        this.topology = new RabbitMqTopology(consuming, config, settings.newQueueWait());
        this.copies = new Publisher("send messages back", publishing, config, settings);
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        return RabbitMqCapabilities.of(spec, settings);
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public Sender sender(Spec target) {
        checkOpen();
        RabbitMqSender sender =
                new RabbitMqSender(Objects.requireNonNull(target, "target"), config, settings, publishing);
        senders.add(sender);
        var unused = sender.closed().whenComplete((done, failure) -> senders.remove(sender));
        return sender;
    }

    @Override
    public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(listener, "listener");
        checkOpen();
        if (source.endpoint() instanceof TopicEndpoint topic) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a topic holds no messages itself: receive from a subscription of '" + topic.name() + "'");
        }
        RabbitMqReceiver receiver = new RabbitMqReceiver(source, options, listener, config, consuming, copies);
        receivers.add(receiver);
        var unused = receiver.closed().whenComplete((done, failure) -> receivers.remove(receiver));
        return receiver;
    }

    private void checkOpen() {
        if (closing.get()) {
            throw new QueueException(ErrorCode.CLOSED, "the client of " + config.url() + " is closed");
        }
    }

    @Override
    public Health health() {
        if (closing.get()) {
            return new Health(Health.Status.DOWN, List.of("closed"));
        }
        List<String> notes = new ArrayList<>();
        boolean away = note(publishing, notes);
        away |= note(consuming, notes);
        String blocked = publishing.blocked();
        if (blocked != null) {
            notes.add("the server accepts no messages: " + blocked);
        }
        gate.note().ifPresent(notes::add);
        receivers.forEach(receiver -> notes.addAll(receiver.notes()));
        if (away) {
            return new Health(Health.Status.DOWN, notes);
        }
        return notes.isEmpty() ? Health.UP : new Health(Health.Status.DEGRADED, notes);
    }

    private static boolean note(Link link, List<String> notes) {
        QueueException failure = link.failure();
        if (failure != null) {
            notes.add(String.valueOf(failure.getMessage()));
        }
        return failure != null;
    }

    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        Connection connection = consuming.present();
        return nativeType.isInstance(connection) ? Optional.of(nativeType.cast(connection)) : Optional.empty();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        if (closing.compareAndSet(false, true)) {
            Runnable timer = Timers.after(config, limit, () -> closed.complete(null));
            var unusedTimer = closed.whenComplete((done, failure) -> timer.run());
            var unusedChain = all(receivers.stream()
                            .map(receiver -> receiver.close(limit))
                            .toList())
                    .thenCompose(done -> all(
                            senders.stream().map(sender -> sender.close(limit)).toList()))
                    .thenCompose(done -> copies.close(limit))
                    .whenComplete((done, failure) -> disconnect(limit));
        }
        return closed;
    }

    private static CompletableFuture<Void> all(List<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    /** Each by itself: one that hangs in a write must not keep the other open. */
    private void disconnect(Duration limit) {
        gate.close();
        int millis = (int) Math.max(0, Math.min(limit.toMillis(), MOST_CLOSE_MILLIS));
        AtomicInteger open = new AtomicInteger(2);
        for (Link link : List.of(publishing, consuming)) {
            Timers.blocking(config, () -> {
                link.close(millis);
                if (open.decrementAndGet() == 0) {
                    closed.complete(null);
                }
            });
        }
    }

    /** {@return the URL without its secret} */
    @Override
    public String toString() {
        return "RabbitMQ at " + config.url();
    }
}

package io.anyqueue.kafka.internal;

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
import java.util.stream.Stream;

/** A client of Kafka: one producer and one admin client for all, and a consumer for each receiver. Safe for use by any thread. */
public final class KafkaBroker implements Broker {
    private static final Duration LONGEST_CLOSE = Duration.ofHours(1);

    private final BrokerConfig config;
    private final Clients clients;
    private final TopicPresence presence;
    private final KafkaTopology topology;
    /** Of each receiver its own, so that one which has nowhere to put its messages back does not hold up the others. */
    private final List<Publisher> copies = new CopyOnWriteArrayList<>();

    private final List<KafkaSender> senders = new CopyOnWriteArrayList<>();
    private final List<ManagedReceiver> receivers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /**
     * Checks the settings; connects at first use.
     *
     * @param config all that is set
     * @throws QueueException INVALID_ARGUMENT or UNSUPPORTED for what is set
     */
    public KafkaBroker(BrokerConfig config) {
        this.config = config;
        this.clients = new Clients(config);
        this.presence = new TopicPresence(clients);
        this.topology = new KafkaTopology(clients, presence);
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        return KafkaCapabilities.of(spec, clients.settings());
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public Sender sender(Spec target) {
        checkOpen();
        KafkaSender sender = new KafkaSender(Objects.requireNonNull(target, "target"), clients, presence);
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
        Publisher back = new Publisher("send back to " + source.endpoint().name(), clients);
        ManagedReceiver receiver = clients.settings().shared() && !source.ordered()
                ? new ShareReceiver(source, options, listener, clients, back, presence)
                : new KafkaReceiver(source, options, listener, clients, back, presence);
        copies.add(back);
        receivers.add(receiver);
        var unused = receiver.closed().whenComplete((done, failure) -> ended(receiver, back));
        return receiver;
    }

    private void ended(ManagedReceiver receiver, Publisher back) {
        receivers.remove(receiver);
        var unused =
                back.close(clients.settings().confirmTimeout()).whenComplete((done, failure) -> copies.remove(back));
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
        QueueException away = clients.health().failure();
        if (away != null) {
            return new Health(Health.Status.DOWN, List.of(String.valueOf(away.getMessage())));
        }
        List<String> notes = new ArrayList<>();
        receivers.forEach(receiver -> receiver.note().ifPresent(notes::add));
        return notes.isEmpty() ? Health.UP : new Health(Health.Status.DEGRADED, notes);
    }

    /** The shared clients of the library, once there was a use for them; a consumer is its thread's alone. */
    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        return Stream.of(Optional.ofNullable(clients.presentAdmin()), Optional.ofNullable(clients.presentProducer()))
                .flatMap(Optional::stream)
                .filter(nativeType::isInstance)
                .map(nativeType::cast)
                .findFirst();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        if (closing.compareAndSet(false, true)) {
            Duration most = limit.compareTo(LONGEST_CLOSE) > 0 ? LONGEST_CLOSE : limit;
            long until = System.nanoTime() + most.toNanos();
            Runnable timer = Timers.after(config, limit, () -> closed.complete(null));
            var unusedTimer = closed.whenComplete((done, failure) -> timer.run());
            var unusedChain = all(receivers.stream()
                            .map(receiver -> receiver.close(limit))
                            .toList())
                    .thenCompose(done -> all(
                            senders.stream().map(sender -> sender.close(limit)).toList()))
                    .thenCompose(done ->
                            all(copies.stream().map(back -> back.close(limit)).toList()))
                    .whenComplete((done, failure) -> Timers.blocking(config, () -> {
                        try {
                            clients.close(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
                        } finally {
                            closed.complete(null);
                        }
                    }));
        }
        return closed;
    }

    private static CompletableFuture<Void> all(List<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(
                stages.stream().map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    /** {@return the URL without its secret} */
    @Override
    public String toString() {
        return "Kafka at " + config.url();
    }
}

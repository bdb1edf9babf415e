package io.anyqueue.conformance.served;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Health;
import io.anyqueue.History;
import io.anyqueue.LeaseModel;
import io.anyqueue.Limits;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.Support;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverListener.State;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** A client of the server. Any thread. */
final class ServedBroker implements Broker {
    private static final Duration CRASH_DETECTION = Duration.ofSeconds(1);

    final Server server;
    final BrokerConfig config;
    final Broker real;

    private final Set<ServedReceiver> receivers = ConcurrentHashMap.newKeySet();
    private final Set<Spec> declared = ConcurrentHashMap.newKeySet();
    private CompletableFuture<Void> closed;

    ServedBroker(Server server, BrokerConfig config, Broker real) {
        this.server = server;
        this.config = config;
        this.real = real;
    }

    boolean isServed() {
        return server.refusal(config).isEmpty();
    }

    /** Leases are the session's: the in-memory broker's must not end before it. */
    static Spec lasting(Spec spec) {
        return spec.withLease(spec.lease().multipliedBy(1_000));
    }

    void breakSession() {
        QueueException why = new QueueException(ErrorCode.UNAVAILABLE, "the connection is broken");
        server.later(() -> receivers.forEach(receiver -> receiver.broken(why)));
    }

    void reconnect() {
        server.later(() -> receivers.forEach(ServedReceiver::ask));
    }

    void empty() {
        declared.stream()
                .filter(spec -> !(spec.endpoint() instanceof TopicEndpoint))
                .forEach(spec -> {
                    var unused = real.topology().purge(spec);
                });
    }

    void again(Spec source, Message message) {
        Message copy = message.toBuilder().history(new History(0, 1, 0)).build();
        real.sender(source).send(List.of(() -> copy), NoResults.INSTANCE);
    }

    /** Tells a receiver that was opened in vain why it gets nothing. */
    void refused(ReceiverListener listener) {
        server.refusal(config).ifPresent(why -> {
            for (int i = 0; i < (server.has(Fault.TRIES_TIGHTLY) ? 1_000 : 1); i++) {
                listener.state(State.RECONNECTING, why);
            }
        });
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        Capabilities inMemory = real.capabilities(spec);
        Map<Feature, Support> features = new EnumMap<>(inMemory.features());
        features.put(Feature.DURABLE, Support.NATIVE);
        features.put(Feature.CRASH_COUNT, Support.absent("a session's end is not told from a release", "none needed"));
        Limits limits = inMemory.limits();
        return new Capabilities(
                "the served broker",
                features,
                new Limits(
                        limits.maxBytes(),
                        limits.maxDelay(),
                        limits.maxRelease(),
                        limits.maxLease(),
                        limits.maxDeliveries(),
                        limits.maxName(),
                        CRASH_DETECTION,
                        limits.subscriptionVisible(),
                        limits.ackLoss(),
                        limits.retention()),
                LeaseModel.SESSION);
    }

    @Override
    public Topology topology() {
        return new ServedTopology(this, declared);
    }

    @Override
    public Sender sender(Spec target) {
        return new ServedSender(this, real.sender(target));
    }

    @Override
    public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
        // Refuses what is wrong.
        var unused = real.receiver(source, options, listener).close(Duration.ZERO);
        ServedReceiver receiver = new ServedReceiver(this, lasting(source), options, listener);
        receivers.add(receiver);
        return receiver;
    }

    @Override
    public Health health() {
        return isServed() ? real.health() : new Health(Health.Status.DOWN, List.of("the server does not answer"));
    }

    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        return real.unwrap(nativeType);
    }

    @Override
    public synchronized CompletionStage<Void> close(Duration limit) {
        if (closed == null) {
            List<CompletableFuture<Void>> parts = new ArrayList<>();
            receivers.forEach(receiver -> parts.add(receiver.close(limit).toCompletableFuture()));
            closed = CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                    .thenCompose(done -> {
                        server.clients.remove(this);
                        return real.close(limit).toCompletableFuture();
                    });
        }
        return closed;
    }
}

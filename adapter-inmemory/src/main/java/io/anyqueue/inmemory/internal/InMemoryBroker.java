package io.anyqueue.inmemory.internal;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.KeyParking;
import io.anyqueue.QueueException;
import io.anyqueue.StartAt;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** A client's connection to an instance: it brings the time, and its own alarm for what falls due. */
final class InMemoryBroker implements Broker {
    private final Instance instance;
    private final Bounds bounds;
    private final BrokerEvents events;
    private final StateClock clock;
    private final Alarm alarm;
    private final Topology topology;
    private final Set<InMemoryReceiver> receivers = ConcurrentHashMap.newKeySet();
    private final CompletionStage<Void> done = CompletableFuture.completedFuture(null);
    private volatile boolean closed;

    InMemoryBroker(Instance instance, Bounds bounds, BrokerConfig config) {
        this.instance = instance;
        this.bounds = bounds;
        this.events = config.events();
        this.clock = instance.inStep(StateClock.of(config.time()));
        this.alarm = new Alarm(config.scheduler(), clock, this::tick);
        this.topology = new InMemoryTopology(this, bounds);
    }

    BrokerState enter() {
        return instance.enter();
    }

    void leave() {
        instance.leave(this);
    }

    StateClock clock() {
        return clock;
    }

    Alarm alarm() {
        return alarm;
    }

    BrokerEvents events() {
        return events;
    }

    boolean isClosed() {
        return closed;
    }

    void checkOpen() {
        if (closed) {
            throw Refusals.closed("the in-memory broker's client");
        }
    }

    private void tick() {
        BrokerState state = enter();
        try {
            state.advance(clock.now());
        } finally {
            leave();
        }
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        return InMemoryCapabilities.of(spec, bounds);
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public Sender sender(Spec target) {
        Refusals.checkNotNull(target, "target");
        checkOpen();
        return new InMemorySender(this, target.endpoint());
    }

    @Override
    public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
        Refusals.checkNotNull(source, "source");
        Refusals.checkNotNull(options, "options");
        Refusals.checkNotNull(listener, "listener");
        if (source.endpoint() instanceof Endpoint.TopicEndpoint) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "topic " + source.endpoint().name() + " cannot be received from; name a subscription");
        }
        if (!(options.start() instanceof StartAt.Now)) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "the in-memory broker keeps nothing that was handled, so "
                            + source.endpoint().name() + " can only begin now");
        }
        BrokerState state = enter();
        try {
            checkOpen();
            InMemoryReceiver receiver = new InMemoryReceiver(this, state, source.endpoint(), listener);
            state.attach(receiver.holder());
            receivers.add(receiver);
            return receiver;
        } finally {
            leave();
        }
    }

    void forget(InMemoryReceiver receiver) {
        receivers.remove(receiver);
    }

    @Override
    public Optional<KeyParking> parking() {
        return Optional.of(instance.parked().within(bounds));
    }

    @Override
    public Health health() {
        return closed ? new Health(Health.Status.DOWN, List.of("closed")) : Health.UP;
    }

    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        return Optional.empty();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        enter();
        try {
            closed = true;
        } finally {
            leave();
        }
        // Nothing is added any more: receiver() looks at the flag under the lock.
        List.copyOf(receivers).forEach(receiver -> receiver.close(limit));
        instance.closed(this);
        alarm.close();
        return done;
    }
}

package io.anyqueue.core;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Health;
import io.anyqueue.KeyParking;
import io.anyqueue.Limits;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.Support;
import io.anyqueue.inmemory.InMemoryBrokerProvider;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;

/** The in-memory broker with faults that a test switches on; without any it is the in-memory broker. */
final class FaultyBroker implements Broker {
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "test-broker-timer");
        thread.setDaemon(true);
        return thread;
    });

    private final Broker delegate;
    private final Map<Feature, Support> overridden = new EnumMap<>(Feature.class);
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final Queue<Message> handedOver = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private volatile boolean holding;
    private volatile Executor resultsOn = Runnable::run;
    private volatile String faultyTarget = "";
    private volatile Duration maxLease = Limits.UNLIMITED;
    /** The lease that the newest receiver was opened with. */
    volatile Duration leaseAsked = Duration.ZERO;

    private volatile UnaryOperator<Receiver> receivers = UnaryOperator.identity();
    private volatile UnaryOperator<Sender> senders = UnaryOperator.identity();
    private volatile UnaryOperator<KeyParking> parking = UnaryOperator.identity();
    private volatile ReceiverListener listener;
    final ReceiverFaults receiving = new ReceiverFaults();

    /** What becomes of a send: nothing stored, stored all the same, or refused. */
    private record Fault(boolean stored, boolean refused, ErrorCode code) {}

    private static final Fault NONE = new Fault(true, false, ErrorCode.INTERNAL);
    private static final Map<Character, Fault> SCRIPT = Map.of(
            '.', NONE,
            'B', new Fault(false, false, ErrorCode.TIMEOUT),
            'A', new Fault(true, false, ErrorCode.TIMEOUT),
            'U', new Fault(false, true, ErrorCode.UNAVAILABLE),
            'F', new Fault(false, true, ErrorCode.RESOURCE_EXHAUSTED),
            'N', new Fault(false, true, ErrorCode.NOT_FOUND));

    private FaultyBroker(TimeSource time, ScheduledExecutorService scheduler) {
        this.delegate = new InMemoryBrokerProvider().connect(new Config(time, scheduler));
    }

    static FaultyBroker create() {
        return new FaultyBroker(TimeSource.system(), TIMER);
    }

    static FaultyBroker create(ManualTime time) {
        return new FaultyBroker(TimeSource.of(time.clock()), time);
    }

    FaultyBroker without(Feature... features) {
        for (Feature feature : features) {
            overridden.put(feature, Support.absent("switched off by the test", "none"));
        }
        return this;
    }

    /**
     * Says what becomes of the next sends, a letter each; those after them work.
     *
     * @param script {@code .} works, {@code B} and {@code A} get no answer before or after they were stored, {@code U} is
     *     refused as the broker is away, {@code F} as it is full, {@code N} as there is no such queue
     */
    FaultyBroker nextSends(String script) {
        script.chars().forEach(letter -> faults.add(SCRIPT.get((char) letter)));
        return this;
    }

    /** The longest lease that the broker can keep. */
    FaultyBroker maxLease(Duration longest) {
        maxLease = longest;
        return this;
    }

    /** Only sends to this destination are hit by faults. */
    FaultyBroker onlyTo(String name) {
        faultyTarget = name;
        return this;
    }

    /** Puts something of the test between the library and each receiver that it opens from now on. */
    FaultyBroker receivers(UnaryOperator<Receiver> wrap) {
        receivers = wrap;
        return this;
    }

    /** Puts something of the test between the library and each sender that it opens from now on. */
    FaultyBroker senders(UnaryOperator<Sender> wrap) {
        senders = wrap;
        return this;
    }

    /** Tells the library that the newest receiver has something to poll. */
    void readable() {
        listener.readable();
    }

    /** Tells the library that it lost what was handed to the newest receiver: the shard of this delivery. */
    void lose(Delivery delivery) {
        listener.lost(delivery.shard(), delivery.epoch());
    }

    /** Tells the newest consumer that a shard is to be handed over. */
    CompletionStage<Void> revoke(Object shard, long epoch, long untilNanos) {
        return listener.revoking(shard, epoch, untilNanos);
    }

    /** Tells the newest consumer that a shard was lost. */
    void lose(Object shard, long epoch) {
        listener.lost(shard, epoch);
    }

    /** Tells the newest consumer what became of its receiver. */
    void state(ReceiverListener.State state, QueueException why) {
        listener.state(state, why);
    }

    void heal() {
        faults.clear();
    }

    FaultyBroker resultsOn(Executor executor) {
        resultsOn = executor;
        return this;
    }

    /** Results of sends wait until {@link #letGo}. */
    FaultyBroker holdResults() {
        holding = true;
        return this;
    }

    void letGo() {
        holding = false;
        letGo(Integer.MAX_VALUE);
    }

    void letGo(int results) {
        for (int i = 0; i < results; i++) {
            Runnable result = held.poll();
            if (result == null) {
                return;
            }
            result.run();
        }
    }

    /** {@return every message that was handed over by a sender, re-sends included} */
    List<Message> handedOver() {
        return List.copyOf(handedOver);
    }

    List<String> idsHandedOver() {
        return handedOver.stream().map(Message::id).toList();
    }

    private void result(Runnable result) {
        if (holding) {
            held.add(result);
        } else {
            resultsOn.execute(result);
        }
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        Capabilities own = delegate.capabilities(spec);
        Map<Feature, Support> features = new HashMap<>(own.features());
        features.putAll(overridden);
        Limits limits = own.limits();
        return new Capabilities(
                own.broker(),
                features,
                new Limits(
                        limits.maxBytes(),
                        limits.maxDelay(),
                        limits.maxRelease(),
                        maxLease,
                        limits.maxDeliveries(),
                        limits.maxName(),
                        limits.crashDetection(),
                        limits.subscriptionVisible(),
                        limits.ackLoss(),
                        limits.retention()),
                own.leases());
    }

    @Override
    public Topology topology() {
        return delegate.topology();
    }

    @Override
    public Sender sender(Spec target) {
        return senders.apply(
                new FaultySender(delegate.sender(target), target.endpoint().name()));
    }

    @Override
    public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener events) {
        listener = events;
        leaseAsked = source.lease();
        return receivers.apply(new FaultyReceiver(delegate.receiver(source, options, events), receiving));
    }

    /** Puts something of the test between the library and the parked keys. */
    FaultyBroker parking(UnaryOperator<KeyParking> wrap) {
        parking = wrap;
        return this;
    }

    @Override
    public Optional<KeyParking> parking() {
        return delegate.parking().map(parking);
    }

    @Override
    public Health health() {
        return delegate.health();
    }

    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        return delegate.unwrap(nativeType);
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return delegate.close(limit);
    }

    void close() {
        delegate.close(Duration.ofSeconds(1));
    }

    private final class FaultySender implements Sender {
        private final Sender sender;
        private final String target;

        FaultySender(Sender sender, String target) {
            this.sender = sender;
            this.target = target;
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            for (PendingSend send : batch) {
                handedOver.add(send.message());
                boolean spared = !faultyTarget.isEmpty() && !faultyTarget.equals(target);
                send(send, spared ? null : faults.poll(), results);
            }
        }

        private void send(PendingSend send, Fault fault, Results results) {
            if (fault == null || fault.equals(NONE)) {
                sender.send(List.of(send), new Late(results, UnaryOperator.identity()));
                return;
            }
            QueueException why = new QueueException(fault.code(), "a fault of the test");
            if (fault.stored()) {
                sender.send(List.of(send), new Late(results, result -> () -> results.unknown(send, why)));
            } else if (fault.refused()) {
                result(() -> results.rejected(send, why));
            } else {
                result(() -> results.unknown(send, why));
            }
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            return sender.close(limit);
        }
    }

    /** Hands results on when and where the test wants, perhaps another one in place of a confirmation. */
    private final class Late implements Sender.Results {
        private final Sender.Results results;
        private final UnaryOperator<Runnable> confirmation;

        Late(Sender.Results results, UnaryOperator<Runnable> confirmation) {
            this.results = results;
            this.confirmation = confirmation;
        }

        @Override
        public void confirmed(Sender.PendingSend send) {
            result(confirmation.apply(() -> results.confirmed(send)));
        }

        @Override
        public void rejected(Sender.PendingSend send, QueueException why) {
            result(() -> results.rejected(send, why));
        }

        @Override
        public void unknown(Sender.PendingSend send, QueueException why) {
            result(() -> results.unknown(send, why));
        }
    }

    private record Config(TimeSource time, ScheduledExecutorService scheduler) implements BrokerConfig {
        @Override
        public BrokerUrl url() {
            return BrokerUrl.parse("inmemory:");
        }

        @Override
        public Map<String, String> nativeProperties() {
            return Map.of();
        }

        @Override
        public Optional<Credentials> credentials() {
            return Optional.empty();
        }

        @Override
        public TlsOptions tls() {
            return TlsOptions.DEFAULT;
        }

        @Override
        public Executor executor() {
            return Runnable::run;
        }

        @Override
        public BrokerEvents events() {
            return new BrokerEvents() {
                @Override
                public void unrouted(Endpoint.TopicEndpoint topic, int messages) {
                    // Tests look elsewhere.
                }

                @Override
                public void lost(Endpoint endpoint, long messages, String why) {
                    // Tests look elsewhere.
                }
            };
        }
    }
}

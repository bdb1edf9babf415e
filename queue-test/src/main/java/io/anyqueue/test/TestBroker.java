package io.anyqueue.test;

import io.anyqueue.Capabilities;
import io.anyqueue.Health;
import io.anyqueue.KeyParking;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The broker as the client under test sees it: the real one, with faults in between and a record of what was sent. */
final class TestBroker implements Broker {
    private final Broker inner;
    private final Faults faults;
    private final Sent sent;
    private final Map<String, Endpoint> declared = new LinkedHashMap<>();

    TestBroker(Broker inner, Faults faults, Sent sent) {
        this.inner = inner;
        this.faults = faults;
        this.sent = sent;
    }

    /** {@return by name, everything that was declared; it grows} */
    Map<String, Endpoint> declared() {
        return declared;
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        return inner.capabilities(spec);
    }

    @Override
    public Topology topology() {
        return new TestTopology(inner.topology(), faults, declared);
    }

    @Override
    public Sender sender(Spec target) {
        return new TestSender(inner.sender(target), target.endpoint(), faults, sent);
    }

    @Override
    public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
        Receiver receiver = inner.receiver(source, options, listener);
        return new TestReceiver(receiver, listener, source.ordered(), this::sender, faults, sent);
    }

    @Override
    public Optional<KeyParking> parking() {
        return inner.parking();
    }

    @Override
    public Health health() {
        return faults.down("ask the broker")
                .map(why -> new Health(Health.Status.DOWN, List.of(String.valueOf(why.getMessage()))))
                .orElseGet(inner::health);
    }

    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        return inner.unwrap(nativeType);
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return inner.close(limit);
    }
}

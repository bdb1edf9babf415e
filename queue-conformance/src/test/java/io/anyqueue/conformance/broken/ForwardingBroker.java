package io.anyqueue.conformance.broken;

import io.anyqueue.Capabilities;
import io.anyqueue.Health;
import io.anyqueue.KeyParking;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A broker that passes everything on: broken ones override what they break. */
class ForwardingBroker implements Broker {
    final Broker to;

    ForwardingBroker(Broker to) {
        this.to = to;
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        return to.capabilities(spec);
    }

    @Override
    public Topology topology() {
        return to.topology();
    }

    @Override
    public Sender sender(Spec target) {
        return to.sender(target);
    }

    @Override
    public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
        return to.receiver(source, options, listener);
    }

    @Override
    public Health health() {
        return to.health();
    }

    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        return to.unwrap(nativeType);
    }

    @Override
    public Optional<KeyParking> parking() {
        return to.parking();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return to.close(limit);
    }
}

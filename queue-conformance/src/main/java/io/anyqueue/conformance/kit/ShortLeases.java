package io.anyqueue.conformance.kit;

import io.anyqueue.Capabilities;
import io.anyqueue.Health;
import io.anyqueue.KeyParking;
import io.anyqueue.Limits;
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

/**
 * The broker under test as if it could not lease for long: the runtime then asks for the short leases that a case can wait for.
 * Everything else is passed on. Safe for use by any thread.
 */
record ShortLeases(Broker to, Duration longest) implements Broker {
    @Override
    public Capabilities capabilities(Spec spec) {
        Capabilities own = to.capabilities(spec);
        Limits limits = own.limits();
        Duration lease = longest.compareTo(limits.maxLease()) < 0 ? longest : limits.maxLease();
        return new Capabilities(
                own.broker(),
                own.features(),
                new Limits(
                        limits.maxBytes(),
                        limits.maxDelay(),
                        limits.maxRelease(),
                        lease,
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

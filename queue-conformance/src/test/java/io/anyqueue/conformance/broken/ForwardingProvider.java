package io.anyqueue.conformance.broken;

import io.anyqueue.inmemory.InMemoryBrokerProvider;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerProvider;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The in-memory adapter with every broker wrapped. */
record ForwardingProvider(UnaryOperator<Broker> wrap) implements BrokerProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("inmemory");
    }

    @Override
    public Broker connect(BrokerConfig config) {
        return wrap.apply(new InMemoryBrokerProvider().connect(config));
    }
}

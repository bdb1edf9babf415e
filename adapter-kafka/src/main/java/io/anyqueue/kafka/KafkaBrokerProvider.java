package io.anyqueue.kafka;

import io.anyqueue.kafka.internal.KafkaBroker;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerProvider;
import java.util.Set;

/**
 * Connects to Apache Kafka: {@code kafka://host:port,host:port}, with TLS {@code kafkas://}. Stateless; safe for use by any thread.
 */
public final class KafkaBrokerProvider implements BrokerProvider {
    /** Creates the provider. */
    public KafkaBrokerProvider() {}

    /** {@return {@code kafka} and {@code kafkas}} */
    @Override
    public Set<String> schemes() {
        return Set.of("kafka", "kafkas");
    }

    /**
     * Checks the settings and returns: connections are opened by their first use (rules ERR-2, LIF-3).
     *
     * @param config the URL and all else, as the package says
     * @return the broker
     * @throws io.anyqueue.QueueException INVALID_ARGUMENT for a wrong URL, parameter or property; UNSUPPORTED for one that would
     *     weaken a promise
     */
    @Override
    public Broker connect(BrokerConfig config) {
        return new KafkaBroker(config);
    }
}

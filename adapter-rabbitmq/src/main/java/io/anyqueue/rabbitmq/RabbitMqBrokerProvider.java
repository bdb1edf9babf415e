package io.anyqueue.rabbitmq;

import io.anyqueue.rabbitmq.internal.RabbitMqBroker;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerProvider;
import java.util.Set;

/**
 * Connects to RabbitMQ: {@code amqp://user:password@host:port,host/vhost}, with TLS {@code amqps://}. Stateless; safe for use
 * by any thread.
 */
public final class RabbitMqBrokerProvider implements BrokerProvider {
    /** Creates the provider. */
    public RabbitMqBrokerProvider() {}

    /** {@return {@code amqp} and {@code amqps}} */
    @Override
    public Set<String> schemes() {
        return Set.of("amqp", "amqps");
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
        return new RabbitMqBroker(config);
    }
}

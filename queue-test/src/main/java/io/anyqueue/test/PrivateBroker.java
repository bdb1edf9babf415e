package io.anyqueue.test;

import io.anyqueue.inmemory.InMemoryBrokerProvider;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects an in-memory broker that nobody else sees and that runs in virtual time. Used by the test's thread. */
final class PrivateBroker implements BrokerConfig, BrokerEvents {
    private static final Logger LOG = LoggerFactory.getLogger(PrivateBroker.class);

    private final VirtualTime time;

    private PrivateBroker(VirtualTime time) {
        this.time = time;
    }

    static Broker connect(VirtualTime time) {
        return new InMemoryBrokerProvider().connect(new PrivateBroker(time));
    }

    static String subscription(String topic, String name) {
        return Endpoint.topic(topic).subscription(name).name();
    }

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
    public TimeSource time() {
        return time.timeSource();
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return time.scheduler();
    }

    @Override
    public Executor executor() {
        return time.executor();
    }

    @Override
    public BrokerEvents events() {
        return this;
    }

    @Override
    public void unrouted(Endpoint.TopicEndpoint topic, int messages) {
        LOG.info("{} messages to topic {} went to nobody, as it has no subscription", messages, topic.name());
    }

    @Override
    public void lost(Endpoint endpoint, long messages, String why) {
        LOG.error("{}: {} messages were lost: {}", endpoint.name(), messages, why);
    }
}

package io.anyqueue.rabbitmq.internal;

import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** What a link needs to ask a live server. Safe for use by any thread. */
final class TopologyConfig implements BrokerConfig, AutoCloseable {
    private final BrokerUrl url;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);

    TopologyConfig(URI uri) {
        this.url = BrokerUrl.parse(uri.toString());
    }

    @Override
    public BrokerUrl url() {
        return url;
    }

    @Override
    public Map<String, String> nativeProperties() {
        return Map.of();
    }

    @Override
    public Optional<Credentials> credentials() {
        return url.credentials();
    }

    @Override
    public TlsOptions tls() {
        return TlsOptions.DEFAULT;
    }

    @Override
    public TimeSource time() {
        return TimeSource.system();
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return threads;
    }

    @Override
    public Executor executor() {
        return threads;
    }

    @Override
    public BrokerEvents events() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}

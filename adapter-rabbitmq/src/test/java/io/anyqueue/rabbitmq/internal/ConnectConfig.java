package io.anyqueue.rabbitmq.internal;

import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What a client gives its adapter, for tests of connecting: pauses are written down and not made. Safe for use by any thread. */
final class ConnectConfig implements BrokerConfig, AutoCloseable {
    private final BrokerUrl url;
    private final Map<String, String> settings;
    private final TlsOptions tls;
    private final AtomicInteger logins = new AtomicInteger();
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService scheduler = new Impatient();
    private final Executor executor = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "connect-test");
        thread.setDaemon(true);
        return thread;
    });

    ConnectConfig(String url, Map<String, String> settings, TlsOptions tls) {
        this.url = BrokerUrl.parse(url);
        this.settings = settings;
        this.tls = tls;
    }

    static ConnectConfig of(String url) {
        return new ConnectConfig(url, Map.of(), TlsOptions.DEFAULT);
    }

    static ConnectConfig of(String url, TlsOptions tls) {
        return new ConnectConfig(url, Map.of(), tls);
    }

    static TlsOptions trusting(Path ca) {
        return new TlsOptions(Optional.of(ca.toString()), Optional.empty(), Optional.empty(), true, Optional.empty());
    }

    /** Runs at once what should wait, and keeps how long it should have waited. */
    private final class Impatient extends ScheduledThreadPoolExecutor {
        Impatient() {
            super(1, task -> {
                Thread thread = new Thread(task, "connect-test-timer");
                thread.setDaemon(true);
                return thread;
            });
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            pauses.add(Duration.ofNanos(unit.toNanos(delay)));
            return super.schedule(task, 0, unit);
        }
    }

    /** {@return how often the credentials were asked for, which is once for each opening} */
    int logins() {
        return logins.get();
    }

    List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    @Override
    public BrokerUrl url() {
        return url;
    }

    @Override
    public Map<String, String> nativeProperties() {
        return settings;
    }

    @Override
    public Optional<Credentials> credentials() {
        logins.incrementAndGet();
        return url.credentials();
    }

    @Override
    public TlsOptions tls() {
        return tls;
    }

    @Override
    public TimeSource time() {
        return TimeSource.system();
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return scheduler;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public BrokerEvents events() {
        return new BrokerEvents() {
            @Override
            public void unrouted(Endpoint.TopicEndpoint topic, int messages) {}

            @Override
            public void lost(Endpoint endpoint, long messages, String why) {}
        };
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}

package io.anyqueue.core.client;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.config.Settings;
import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerProvider;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** Finds the adapter for a URL's scheme and connects it. */
final class Brokers {
    private Brokers() {}

    static Broker connect(Settings settings, Threads threads, Meters meters) {
        String scheme = settings.url().scheme();
        List<BrokerProvider> providers = ServiceLoader.load(BrokerProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        return providers.stream()
                .filter(provider -> provider.schemes().contains(scheme))
                .findFirst()
                .orElseThrow(() -> unknown(scheme, providers))
                .connect(config(settings, threads, new EventLog(meters)));
    }

    private static QueueException unknown(String scheme, List<BrokerProvider> providers) {
        TreeSet<String> known = new TreeSet<>();
        providers.forEach(provider -> known.addAll(provider.schemes()));
        return new QueueException(
                ErrorCode.UNSUPPORTED,
                "no adapter for " + scheme + ": is on the class path or module path; there are "
                        + (known.isEmpty() ? "none" : String.join(": ", known) + ":"));
    }

    private static BrokerConfig config(Settings settings, Threads threads, BrokerEvents events) {
        return new BrokerConfig() {
            @Override
            public BrokerUrl url() {
                return settings.url();
            }

            @Override
            public Map<String, String> nativeProperties() {
                return settings.nativeProperties();
            }

            @Override
            public Optional<Credentials> credentials() {
                return settings.credentials();
            }

            @Override
            public TlsOptions tls() {
                return settings.tls();
            }

            @Override
            public TimeSource time() {
                return threads.time();
            }

            @Override
            public ScheduledExecutorService scheduler() {
                return threads.scheduler();
            }

            @Override
            public Executor executor() {
                return threads.executor();
            }

            @Override
            public BrokerEvents events() {
                return events;
            }
        };
    }
}

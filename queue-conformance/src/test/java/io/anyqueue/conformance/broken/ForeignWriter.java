package io.anyqueue.conformance.broken;

import io.anyqueue.conformance.NativeAccess;
import io.anyqueue.inmemory.InMemoryBrokerProvider;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Sender.PendingSend;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import io.anyqueue.spi.support.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** What a foreign program would leave on a broker, as an adapter hands it out that reads headers with {@link Envelope}. */
final class ForeignWriter implements NativeAccess {
    private static final AtomicInteger COUNT = new AtomicInteger();

    @Override
    public void write(Endpoint target, Map<String, String> headers, byte[] body) {
        // The names of a trial begin with that of its broker.
        String name = target.name().substring(0, target.name().lastIndexOf('-'));
        Broker broker = new InMemoryBrokerProvider().connect(new Config(BrokerUrl.parse("inmemory:" + name)));
        PendingSend send = () -> Envelope.message(headers, body, "foreign-" + COUNT.incrementAndGet());
        broker.sender(Spec.of(target)).send(List.of(send), NoResults.INSTANCE);
        broker.close(Duration.ZERO);
    }

    private record Config(BrokerUrl url) implements BrokerConfig {
        private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "foreign-timer");
            thread.setDaemon(true);
            return thread;
        });

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
            return TimeSource.system();
        }

        @Override
        public ScheduledExecutorService scheduler() {
            return TIMER;
        }

        @Override
        public Executor executor() {
            return TIMER;
        }

        @Override
        public BrokerEvents events() {
            return new BrokerEvents() {
                @Override
                public void unrouted(TopicEndpoint topic, int messages) {}

                @Override
                public void lost(Endpoint endpoint, long messages, String why) {}
            };
        }
    }
}

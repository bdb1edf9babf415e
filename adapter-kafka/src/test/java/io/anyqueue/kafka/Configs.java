package io.anyqueue.kafka;

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

/** What a client gives its adapter, for tests that connect to nothing. */
public final class Configs {
    private Configs() {}

    /** {@return a configuration with nothing but a URL} */
    public static BrokerConfig config(String url) {
        return new Config(BrokerUrl.parse(url));
    }

    private record Config(BrokerUrl url) implements BrokerConfig {
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
            throw new UnsupportedOperationException("nothing is connected");
        }

        @Override
        public Executor executor() {
            throw new UnsupportedOperationException("nothing is connected");
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
    }
}

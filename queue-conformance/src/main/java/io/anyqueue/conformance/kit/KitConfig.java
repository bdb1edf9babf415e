package io.anyqueue.conformance.kit;

import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** What the kit gives an adapter in place of the runtime. Safe for use by any thread. */
final class KitConfig implements BrokerConfig {
    private static final String NATIVE = "anyqueue.native.";

    private final BrokerUrl url;
    private final Map<String, String> settings;
    private final Resources resources;
    private final List<String> events = new CopyOnWriteArrayList<>();

    KitConfig(String url, Map<String, String> settings, Resources resources) {
        this.url = BrokerUrl.parse(url);
        this.settings = Map.copyOf(settings);
        this.resources = resources;
    }

    /** {@return what the adapter reported: {@code unrouted topic n} and {@code lost endpoint n} } */
    List<String> reported() {
        return List.copyOf(events);
    }

    @Override
    public BrokerUrl url() {
        return url;
    }

    @Override
    public Map<String, String> nativeProperties() {
        Map<String, String> found = new LinkedHashMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(NATIVE)) {
                found.put(key.substring(NATIVE.length()), value);
            }
        });
        return found;
    }

    @Override
    public Optional<Credentials> credentials() {
        String username = settings.get("anyqueue.username");
        return username == null
                ? url.credentials()
                : Optional.of(new Credentials(username, settings.getOrDefault("anyqueue.password", "")));
    }

    @Override
    public TlsOptions tls() {
        return new TlsOptions(
                Optional.ofNullable(settings.get("anyqueue.tls.ca")),
                Optional.ofNullable(settings.get("anyqueue.tls.cert")),
                Optional.ofNullable(settings.get("anyqueue.tls.key")),
                !"false".equals(settings.get("anyqueue.tls.verify")),
                Optional.empty());
    }

    @Override
    public TimeSource time() {
        return resources.time();
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return resources.scheduler();
    }

    @Override
    public Executor executor() {
        return resources.executor();
    }

    @Override
    public BrokerEvents events() {
        return new BrokerEvents() {
            @Override
            public void unrouted(TopicEndpoint topic, int messages) {
                events.add("unrouted " + topic.name() + " " + messages);
            }

            @Override
            public void lost(Endpoint endpoint, long messages, String why) {
                events.add("lost " + endpoint.name() + " " + messages);
            }
        };
    }
}

package io.anyqueue.inmemory.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.TlsOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The instances with a name, of which clients share one, and how clients get to an instance. */
public final class Instances {
    private static final Map<String, Instance> NAMED = new ConcurrentHashMap<>();

    private Instances() {}

    /**
     * Connects a client.
     *
     * @param config its configuration
     * @return the connection
     * @throws QueueException INVALID_ARGUMENT or UNSUPPORTED
     */
    public static Broker connect(BrokerConfig config) {
        BrokerUrl url = config.url();
        check(url);
        if (config.credentials().isPresent() || url.credentials().isPresent()) {
            throw invalid("the in-memory broker has no users: remove the user name and password");
        }
        if (!config.tls().equals(TlsOptions.DEFAULT)) {
            throw invalid("the in-memory broker has no network: remove the TLS settings");
        }
        Bounds bounds = Bounds.DEFAULT.with(config.nativeProperties(), "the native property");
        Instance instance =
                url.path().isEmpty() ? new Instance() : NAMED.computeIfAbsent(url.path(), name -> new Instance());
        InMemoryBroker broker = new InMemoryBroker(instance, bounds, config);
        instance.connected(broker);
        return broker;
    }

    private static void check(BrokerUrl url) {
        if (!url.hosts().isEmpty() || url.parameters().containsKey("replicas")) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "a replicated in-memory broker is not part of this release: use inmemory: for a broker of the client's"
                            + " own, or inmemory:name for one that clients of this process share");
        }
        for (String parameter : url.parameters().keySet()) {
            throw invalid(
                    "the parameter '" + parameter + "' of " + url + " is not known: the in-memory broker has none; "
                            + "its settings are anyqueue.native." + Bounds.nearest(parameter) + " and the like");
        }
    }

    /**
     * Forgets a name.
     *
     * @param name the name
     * @return whether it was known
     */
    public static boolean drop(String name) {
        return NAMED.remove(name) != null;
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}

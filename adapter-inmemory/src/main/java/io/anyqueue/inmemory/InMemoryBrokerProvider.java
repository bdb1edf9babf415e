package io.anyqueue.inmemory;

import io.anyqueue.inmemory.internal.Instances;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerProvider;
import java.util.Set;

/**
 * Makes in-memory brokers: {@code inmemory:} is private to its client, {@code inmemory:name} is shared by all clients of the
 * process that name it. See the package's description for what they promise. Stateless; safe for use by any thread.
 *
 * <p>A named broker keeps what it holds when its last client closes, as a broker of its own would, so that a later client finds
 * it there; it costs no thread and no timer meanwhile. It ends with the process, or with {@link #drop}.
 *
 * <pre>{@code
 * try (QueueClient client = QueueClient.connect("inmemory:")) {
 *     client.queue("orders", Order.class).send(new Order("42"));
 * }
 * }</pre>
 */
public final class InMemoryBrokerProvider implements BrokerProvider {
    private static final Set<String> SCHEMES = Set.of("inmemory");

    /** Creates a provider; {@code ServiceLoader} does so. */
    public InMemoryBrokerProvider() {}

    @Override
    public Set<String> schemes() {
        return SCHEMES;
    }

    @Override
    public Broker connect(BrokerConfig config) {
        return Instances.connect(config);
    }

    /**
     * Forgets a named broker, for instance after a test: the next client that names it finds a new, empty one. Clients that are
     * connected keep the old one among themselves until they close.
     *
     * @param name the name, as after {@code inmemory:}
     * @return whether there was one
     */
    public static boolean drop(String name) {
        return Instances.drop(name);
    }
}

package io.anyqueue.conformance.served;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.conformance.AdapterUnderTest;
import io.anyqueue.inmemory.InMemoryBrokerProvider;
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
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * An adapter with all that the in-memory one lacks for the kit to be tried on: a server that can be taken away, sessions that break
 * and hold leases, ownership that is handed over, and users.
 */
public final class Served implements BrokerProvider {
    private final Server server = new Server();

    private Served(Fault... faults) {
        server.faults.addAll(List.of(faults));
    }

    /**
     * An adapter with a server of its own.
     *
     * @param faults what is wrong with it
     * @return the adapter, with all hooks
     */
    public static AdapterUnderTest adapter(Fault... faults) {
        Served provider = new Served(faults);
        Server server = provider.server;
        return AdapterUnderTest.of("served", trial -> "served:" + trial)
                .provider(provider)
                .setting("anyqueue.username", Server.USER)
                .setting("anyqueue.password", Server.PASSWORD)
                .wrongCredentials(Map.of("anyqueue.password", "kit-wrong-password"))
                .unreachable("served://nobody/there")
                .restart(server.interruption(true))
                .outage(server.interruption(false))
                .networkCut(server.interruption(false))
                .clientCrash(client -> server.crash((ServedBroker) client));
    }

    @Override
    public Set<String> schemes() {
        return Set.of("served");
    }

    @Override
    public Broker connect(BrokerConfig config) {
        Broker real = new InMemoryBrokerProvider().connect(new Inner(config));
        ServedBroker broker = new ServedBroker(server, config, real);
        server.clients.add(broker);
        return broker;
    }

    /** The same without what the in-memory broker does not take. */
    private record Inner(BrokerConfig outer) implements BrokerConfig {
        @Override
        public BrokerUrl url() {
            for (String parameter : outer.url().parameters().keySet()) {
                throw new QueueException(ErrorCode.INVALID_ARGUMENT, "the parameter " + parameter + " is not known");
            }
            return BrokerUrl.parse("inmemory:served-" + outer.url().path());
        }

        @Override
        public Map<String, String> nativeProperties() {
            return outer.nativeProperties();
        }

        @Override
        public Optional<Credentials> credentials() {
            return Optional.empty();
        }

        @Override
        public TlsOptions tls() {
            return outer.tls();
        }

        @Override
        public TimeSource time() {
            return outer.time();
        }

        @Override
        public ScheduledExecutorService scheduler() {
            return outer.scheduler();
        }

        @Override
        public Executor executor() {
            return outer.executor();
        }

        @Override
        public BrokerEvents events() {
            return outer.events();
        }
    }
}

package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.anyqueue.spi.BrokerConfig;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Opens connections with what is set. Safe for use by any thread; {@link #open} blocks. */
final class Connector {
    private final BrokerConfig config;
    private final Settings settings;

    /** @throws io.anyqueue.QueueException INVALID_ARGUMENT or UNSUPPORTED, before any I/O */
    Connector(BrokerConfig config) {
        this.config = config;
        this.settings = Settings.of(config);
    }

    Settings settings() {
        return settings;
    }

    /**
     * Opens a connection. Credentials and certificates are asked for each time, as they rotate.
     *
     * @param name shown by the server's management
     * @throws io.anyqueue.QueueException UNAVAILABLE, UNAUTHENTICATED, FORBIDDEN, UNSUPPORTED for a server that is too old
     */
    Connection open(String name) {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setSharedExecutor(new DirectExecutor());
        factory.setRequestedHeartbeat((int) settings.heartbeat().toSeconds());
        factory.setConnectionTimeout((int) settings.connectTimeout().toMillis());
        factory.setChannelRpcTimeout((int) settings.rpcTimeout().toMillis());
        factory.setChannelShouldCheckRpcResponseType(true);
        config.credentials().or(() -> config.url().credentials()).ifPresent(credentials -> {
            factory.setUsername(credentials.username());
            factory.setPassword(credentials.password());
        });
        if (config.url().path().length() > 1) {
            factory.setVirtualHost(config.url().path().substring(1));
        }
        List<Address> addresses = config.url().hosts().stream()
                .map(host -> new Address(host.host(), host.port()))
                .toList();
        try {
            return factory.newConnection(addresses, name);
        } catch (IOException | TimeoutException e) {
            throw Failures.of("connect", e);
        }
    }
}

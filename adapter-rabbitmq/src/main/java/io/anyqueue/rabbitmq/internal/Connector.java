package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import com.rabbitmq.client.SocketConfigurators;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.rabbitmq.internal.Settings.Sasl;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.TlsOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Opens connections with what is set. Safe for use by any thread; {@link #open} blocks. */
final class Connector {
    /** Headers travel in one frame; core allows 32 KiB of them, and what is forwarded gets more. */
    private static final int SMALLEST_FRAME = 128 * 1024;

    private static final Duration SHORTEST_SHARE = Duration.ofSeconds(1);

    private final BrokerConfig config;
    private final Settings settings;
    private final String virtualHost;

    /** @throws QueueException INVALID_ARGUMENT or UNSUPPORTED, before any I/O but reading the files for TLS */
    Connector(BrokerConfig config) {
        this.config = config;
        this.settings = Settings.of(config);
        this.virtualHost = virtualHost(config.url());
        TlsOptions tls = config.tls();
        Tls.check(config.url(), tls);
        checkSasl(tls);
        if (Tls.isOn(config.url())) {
            var unused = Tls.context(tls);
        }
    }

    private static String virtualHost(BrokerUrl url) {
        if (url.hosts().isEmpty()) {
            throw invalid("the URL has no host; write " + url.scheme() + "://host/virtual-host");
        }
        String name = url.path().isEmpty() ? "/" : url.path();
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > 255) {
            throw invalid("the name of the virtual host has " + bytes + " bytes, RabbitMQ takes 255");
        }
        return name;
    }

    private void checkSasl(TlsOptions tls) {
        if (settings.sasl() != Sasl.EXTERNAL) {
            return;
        }
        if (!Tls.isOn(config.url()) || !Tls.hasCertificate(tls)) {
            throw invalid(
                    "sasl=external needs amqps:// and a client certificate: set anyqueue.tls.cert and anyqueue.tls.key");
        }
        if (config.credentials().isPresent()) {
            throw invalid("sasl=external takes the user from the certificate: give no user name and no password");
        }
    }

    Settings settings() {
        return settings;
    }

    /**
     * Opens a connection to one of the hosts, tried in random order. Credentials and certificates are asked for each time, as they
     * rotate.
     *
     * @param name shown by the server's management
     * @return speaks to a server that is new enough, see {@link ServerVersion#OLDEST}
     * @throws QueueException UNAVAILABLE, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND for the virtual host, RESOURCE_EXHAUSTED for its
     *     limits, UNSUPPORTED for a server that is too old, INVALID_ARGUMENT for files of TLS that were replaced by bad ones
     */
    Connection open(String name) {
        List<Address> hosts = shuffledHosts();
        ConnectionFactory factory = factory(share(settings.connectTimeout(), hosts.size()));
        List<QueueException> failures = new ArrayList<>();
        for (Address host : hosts) {
            try {
                return open(factory, host, name);
            } catch (QueueException e) {
                failures.add(e);
                if (!mayWorkElsewhere(e.code())) {
                    break;
                }
            }
        }
        throw combined(failures);
    }

    private List<Address> shuffledHosts() {
        int defaultPort = Tls.isOn(config.url())
                ? ConnectionFactory.DEFAULT_AMQP_OVER_SSL_PORT
                : ConnectionFactory.DEFAULT_AMQP_PORT;
        List<Address> hosts = config.url().hosts().stream()
                .map(host -> new Address(host.host(), host.port() < 0 ? defaultPort : host.port()))
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(hosts);
        return hosts;
    }

    /** So that one host that swallows everything does not use up the time of all. */
    private static Duration share(Duration limit, int hosts) {
        Duration share = limit.dividedBy(hosts);
        Duration shortest = SHORTEST_SHARE.compareTo(limit) < 0 ? SHORTEST_SHARE : limit;
        return share.compareTo(shortest) < 0 ? shortest : share;
    }

    private ConnectionFactory factory(Duration limit) {
        // A message of others' that is larger would end the connection, be delivered again, and so on.
        ConnectionFactory factory = new TolerantFactory(Settings.SERVER_MAX_BYTES);
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setSharedExecutor(new DirectExecutor());
        factory.setExceptionHandler(new ClientFailures());
        factory.setThreadFactory(Connector::thread);
        // A thread that hangs in a write keeps the reading one from ending the connection: others have to.
        factory.setShutdownExecutor(shutdowns());
        factory.setConnectionTimeout((int) limit.toMillis());
        factory.setHandshakeTimeout((int) limit.toMillis());
        factory.setChannelRpcTimeout((int) settings.rpcTimeout().toMillis());
        factory.setChannelShouldCheckRpcResponseType(true);
        factory.setRequestedHeartbeat((int) settings.heartbeat().toSeconds());
        // What the server allows.
        factory.setRequestedFrameMax(0);
        factory.setRequestedChannelMax(0);
        factory.getClientProperties().put("product", "Anyqueue");
        factory.setVirtualHost(virtualHost);
        login(factory);
        if (Tls.isOn(config.url())) {
            tls(factory);
        }
        return factory;
    }

    private static ExecutorService shutdowns() {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Connector::thread);
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    private void login(ConnectionFactory factory) {
        factory.setSaslConfig(settings.sasl() == Sasl.EXTERNAL ? DefaultSaslConfig.EXTERNAL : DefaultSaslConfig.PLAIN);
        config.credentials().ifPresent(credentials -> {
            factory.setUsername(credentials.username());
            factory.setPassword(credentials.password());
        });
    }

    private void tls(ConnectionFactory factory) {
        TlsOptions options = config.tls();
        // Verifies the host's name, but that is a default that has changed before.
        factory.useSslProtocol(Tls.context(options));
        if (options.verifyHost()) {
            factory.enableHostnameVerification();
        } else {
            factory.setSocketConfigurator(SocketConfigurators.defaultConfigurator());
        }
    }

    private static Connection open(ConnectionFactory factory, Address host, String name) {
        Connection connection;
        try {
            connection = factory.newConnection(List.of(host), name);
        } catch (Exception e) {
            throw Failures.of("connect to " + host, e);
        }
        try {
            check(connection, host);
        } catch (QueueException e) {
            Channels.abort(connection);
            throw e;
        }
        return connection;
    }

    private static void check(Connection connection, Address host) {
        Map<String, Object> server = connection.getServerProperties();
        boolean right = "RabbitMQ".equals(String.valueOf(server.get("product")));
        if (!right || ServerVersion.of(server).compareTo(ServerVersion.OLDEST) < 0) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    host + " is " + server.get("product") + " " + server.get("version")
                            + "; this adapter needs RabbitMQ " + ServerVersion.OLDEST + " or later");
        }
        int frame = connection.getFrameMax();
        if (frame != 0 && frame < SMALLEST_FRAME) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "RabbitMQ at " + host + " has a frame_max of " + frame + " bytes; a message's headers need "
                            + SMALLEST_FRAME);
        }
    }

    /** The hosts are one cluster, which has the same users and virtual hosts everywhere. */
    private static boolean mayWorkElsewhere(ErrorCode code) {
        return switch (code) {
            case UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INTERRUPTED -> false;
            default -> true;
        };
    }

    private static QueueException combined(List<QueueException> failures) {
        QueueException last = failures.get(failures.size() - 1);
        if (failures.size() == 1) {
            return last;
        }
        String all = failures.stream().map(QueueException::getMessage).collect(Collectors.joining("; "));
        QueueException combined = new QueueException(last.code(), all, last);
        failures.subList(0, failures.size() - 1).forEach(combined::addSuppressed);
        return combined;
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}

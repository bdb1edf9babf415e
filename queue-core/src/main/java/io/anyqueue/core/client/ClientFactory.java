package io.anyqueue.core.client;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.codec.Codecs;
import io.anyqueue.core.config.Components;
import io.anyqueue.core.config.Settings;
import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens clients: everything is checked before the broker is reached, and nothing is left behind if that fails. */
final class ClientFactory {
    private static final Logger LOG = LoggerFactory.getLogger(ClientFactory.class);

    private ClientFactory() {}

    static DefaultQueueClient open(ClientOptions options) {
        if (options == null) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "options is null");
        }
        Settings settings = Settings.of(options);
        Components components = new Components(options.components());
        Codecs codecs = new Codecs(components.codecs());
        Threads threads = Threads.of(components.clock(), components.scheduler(), components.executor());
        Meters meters = new Meters(components.meters());
        try {
            Optional<Broker> given = components.broker();
            Broker broker = given.orElseGet(() -> Brokers.connect(settings, threads, meters));
            LOG.info("connected to {}: {}", settings.url(), settings.describe());
            return new DefaultQueueClient(settings, broker, given.isEmpty(), codecs, threads, meters);
        } catch (RuntimeException e) {
            meters.close();
            threads.close();
            throw e;
        }
    }
}

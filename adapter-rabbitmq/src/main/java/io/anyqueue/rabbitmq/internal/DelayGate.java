package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the {@linkplain DelayLadder#GATE gate} of delayed messages whenever a connection is up, as it is closed after all nodes of the
 * server were down (rules DLY-2, SND-1): a server that takes connections has restored all bindings. Tries again until it has worked.
 * Safe for use by any thread; blocks on the client's executor only.
 */
final class DelayGate implements Link.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(DelayGate.class);

    private final List<Link> links;
    private final Upkeep upkeep;
    private volatile @Nullable QueueException failure;

    DelayGate(BrokerConfig config, Link... links) {
        this.links = List.of(links);
        this.upkeep = new Upkeep(config, this::open);
        this.links.forEach(link -> link.watch(this));
    }

    @Override
    public void up() {
        upkeep.requestNow();
    }

    @Override
    public void down(QueueException why) {}

    /** {@return what keeps it closed, as a note for the client's health} */
    Optional<String> note() {
        return Optional.ofNullable(failure)
                .map(why -> "delayed messages do not arrive, as " + DelayLadder.GATE + " cannot be declared: "
                        + why.getMessage());
    }

    void close() {
        links.forEach(link -> link.unwatch(this));
        upkeep.stop(0);
    }

    private boolean open() {
        for (Link link : links) {
            Connection up = link.present();
            if (up != null) {
                return open(up);
            }
        }
        return true; // The next connection will ask.
    }

    private boolean open(Connection up) {
        try (Declarer declarer = new Declarer(up)) {
            declarer.openGateOfDelays();
            failure = null;
            return true;
        } catch (Exception e) {
            return !up.isOpen() || failed(Failures.of("let delayed messages arrive", e));
        }
    }

    private boolean failed(QueueException why) {
        if (failure == null) {
            LOG.warn("Delayed messages do not arrive yet, trying again: {}", why.getMessage());
        }
        failure = why;
        return false;
    }
}

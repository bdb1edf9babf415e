package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the {@linkplain DelayLadder#GATE gate} of delayed messages whenever a connection is up, as it is closed after all nodes of the
 * server were down (rules DLY-2, SND-1): a node that takes connections has restored the bindings of its queues. Tries again until it has
 * worked. Safe for use by any thread; blocks on the client's executor only.
 */
final class DelayGate implements Link.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(DelayGate.class);

    private static final long REFUSED_SECONDS = 30;

    private final BrokerConfig config;
    private final List<Link> links;
    private final Upkeep upkeep;
    private volatile @Nullable QueueException failure;

    DelayGate(BrokerConfig config, Link... links) {
        this.config = config;
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

    /** {@return why it may be closed, as a note for the client's health} */
    Optional<String> note() {
        return Optional.ofNullable(failure).map(why -> "delayed messages may not arrive: " + why.getMessage());
    }

    void close() {
        links.forEach(link -> link.unwatch(this));
        upkeep.stop(0);
    }

    /** {@return whether it is open, or nobody is connected who could tell: the next connection asks again} */
    private boolean open() {
        for (Link link : links) {
            Connection up = link.present();
            if (up == null) {
                continue;
            }
            try (Declarer declarer = new Declarer(up)) {
                declarer.openGateOfDelays();
                failure = null;
                return true;
            } catch (Exception e) {
                if (up.isOpen()) {
                    return failed(Failures.of("let delayed messages arrive", e));
                }
                LOG.debug(
                        "A connection broke while the gate of delayed messages was looked at, so the other one is asked",
                        e);
            }
        }
        return true;
    }

    /** {@return whether it is not to be tried again soon} */
    private boolean failed(QueueException why) {
        if (failure == null) {
            LOG.warn("Delayed messages may not arrive, trying again: {}", why.getMessage());
        }
        failure = why;
        if (why.code() != ErrorCode.FORBIDDEN) {
            return false;
        }
        tryLater();
        return true;
    }

    /** Each refusal is an error in the server's log. */
    private void tryLater() {
        try {
            var unused = config.scheduler().schedule(upkeep::request, REFUSED_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The client is closing: the gate of delayed messages is not opened");
        }
    }
}

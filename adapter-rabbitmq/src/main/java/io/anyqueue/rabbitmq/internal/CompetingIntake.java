package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Receiver.Release;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes a queue beside others that do. The server counts what is not settled against a consumer's limit, and the contract only
 * what was not polled: when what is polled has used up half of the room, one more consumer is begun. What comes when much is
 * settled at once may be more than the room; if it is not polled soon it goes back (rules RCV-6, BKP-1).
 */
final class CompetingIntake implements Intake {
    private static final Logger LOG = LoggerFactory.getLogger(CompetingIntake.class);
    private static final int MOST_PREFETCH = 65_535;
    /** Others are to have the messages soon (rule LIF-1). */
    private static final long MOST_WAIT_MILLIS = 1_000;
    /** So that many slow handlers do not need a consumer each. */
    private static final int SLACK = 32;

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final long LONGEST_CROWD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final BrokerConfig config;
    private final Inbox inbox;
    private final Releases releases;
    private final Function<Connection, Subscription> opener;
    private final String tagPrefix;
    private volatile @Nullable Subscription subscription;
    private volatile long crowdedNanos;
    private long triedNanos;
    private final TypicalSize typical = new TypicalSize();

    CompetingIntake(
            BrokerConfig config,
            Inbox inbox,
            Releases releases,
            Function<Connection, Subscription> opener,
            String tagPrefix) {
        this.config = config;
        this.crowdedNanos = config.time().nanoTime();
        this.triedNanos = crowdedNanos - RETRY_NANOS;
        this.inbox = inbox;
        this.releases = releases;
        this.opener = opener;
        this.tagPrefix = tagPrefix;
    }

    @Override
    public void adjust(Connection connection, Room room) throws IOException {
        Subscription current = subscription;
        if (current == null || !current.isAlive()) {
            if (room.messages() == 0) {
                return;
            }
            current = opener.apply(connection);
            subscription = current;
        }
        if (room.messages() == 0) {
            current.cancel();
            releases.giveBack(inbox.takeBeyond(0));
            return;
        }
        int wanted = wanted(room);
        if (isCrowded(room) && hasEndedConsumers(current)) {
            releases.giveBack(inbox.takeBeyond(wanted));
        }
        int coming = inbox.size() + current.spare();
        if (isLow(coming, wanted)) {
            int polled = Math.max(0, current.out() - inbox.size());
            current.consume(Math.min(MOST_PREFETCH, wanted - coming + Math.min(SLACK, polled / 2)), tagPrefix);
        }
    }

    /** Tried now and then, as settlements wait meanwhile; after a while at the price of what is on its way being counted. */
    private boolean hasEndedConsumers(Subscription current) throws IOException {
        long now = config.time().nanoTime();
        long crowded = now - crowdedNanos;
        if (crowded < PATIENCE_NANOS || now - triedNanos < RETRY_NANOS) {
            return false;
        }
        triedNanos = now;
        if (crowded < LONGEST_CROWD_NANOS) {
            current.cancelIfCalm();
        } else {
            current.cancel();
        }
        return !current.isConsuming();
    }

    @Override
    public boolean isLow(Room room) {
        Subscription current = subscription;
        return current != null
                && current.isAlive()
                && room.messages() > 0
                && isLow(inbox.size() + current.spare(), wanted(room));
    }

    private static boolean isLow(int coming, int wanted) {
        return coming < (wanted + 1) / 2;
    }

    /**
     * A smaller window may be crowded for a moment, until what waits was polled. Only if nobody polls does it go back: each end of a
     * consumer makes the server count what it was just handing out.
     */
    @Override
    public boolean isOff(Room room) {
        if (!isCrowded(room)) {
            crowdedNanos = config.time().nanoTime();
            return isLow(room);
        }
        return true;
    }

    private boolean isCrowded(Room room) {
        int waiting = inbox.size();
        return waiting > room.messages() || waiting > 2 * wanted(room);
    }

    private int wanted(Room room) {
        return room.messages() == 0 ? 0 : (int) Math.min(room.messages(), Math.max(1, room.bytes() / typical.bytes()));
    }

    /** Called by the client library's thread alone. */
    @Override
    public boolean arrived(RabbitMqDelivery delivery) {
        typical.add(delivery.size());
        if (!delivery.isNameless()) {
            return true;
        }
        releases.name(delivery);
        return false;
    }

    @Override
    public void release(List<Release> batch, Receiver.Results results) {
        for (Release release : batch) {
            RabbitMqDelivery delivery = (RabbitMqDelivery) release.delivery();
            try {
                releases.release(release, delivery, results);
            } catch (QueueException | ArithmeticException e) {
                delivery.reopen();
                results.unknown(delivery, Failures.of("release a message", e));
            }
        }
    }

    @Override
    public List<Subscription> subscriptions() {
        Subscription current = subscription;
        return current == null ? List.of() : List.of(current);
    }

    @Override
    public CompletableFuture<Void> idle() {
        return releases.idle();
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    @Override
    public void close(long limitMillis) {
        Subscription current = subscription;
        if (current == null || !current.isAlive()) {
            return;
        }
        current.leave();
        try {
            current.cancel();
            releases.giveBack(inbox.takeBeyond(0));
            // What is just being given an id goes back as that copy.
            releases.abandon(current.unsettled().stream()
                    .filter(delivery -> !delivery.isNameless())
                    .toList());
            releases.idle().get(Math.max(1, limitMillis), TimeUnit.MILLISECONDS);
            current.written().get(Math.max(1, limitMillis), TimeUnit.MILLISECONDS);
            if (!current.awaitTakenIn(Math.min(MOST_WAIT_MILLIS, limitMillis))) {
                LOG.info(
                        "{}: RabbitMQ may not have taken in all acknowledgements before their channel closed",
                        current.queue());
            }
        } catch (IOException | RuntimeException | ExecutionException | TimeoutException e) {
            // What did not go back in order goes back when the channel closes, and counts as a crash.
            inbox.takeBeyond(0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            current.close();
        }
    }
}

package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Receiver.Release;
import io.anyqueue.spi.ReceiverListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes the shards of an ordered source, each on a channel of its own as the queue's single active consumer (rule ORD-1). To
 * give a shard up its channel is closed: then the server takes back everything in order before it hands anything to the next.
 * Cancelling, and giving back one by one, would let the next consumer overtake. A released message is handed out again from here,
 * ahead of what came later, and never goes back to the server meanwhile.
 */
final class ShardedIntake implements Intake {
    private static final Logger LOG = LoggerFactory.getLogger(ShardedIntake.class);
    private static final int LEAST_PREFETCH = 16;
    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final long BALANCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String name;
    private final BrokerConfig config;
    private final Link link;
    private final Inbox inbox;
    private final ReceiverListener listener;
    private final String tagPrefix;
    private final Members members;
    private final List<Shard> shards = new ArrayList<>();
    private final TypicalSize typical = new TypicalSize();
    private long balancedAtNanos;
    /** A window that opens in a busy moment has fewer bytes than there are. */
    private long mostBytes;

    private volatile String note = "";

    ShardedIntake(
            String name,
            Layout layout,
            BrokerConfig config,
            Link link,
            Inbox inbox,
            ReceiverListener listener,
            BiFunction<Connection, String, Subscription> opener,
            String tagPrefix) {
        this.name = name;
        this.config = config;
        this.link = link;
        this.inbox = inbox;
        this.listener = listener;
        this.tagPrefix = tagPrefix;
        this.members = new Members(layout.members(), tagPrefix);
        List<String> queues = layout.queues();
        // Consumers that start together begin at different shards, and so share them from the start.
        int first = ThreadLocalRandom.current().nextInt(queues.size());
        for (int i = 0; i < queues.size(); i++) {
            shards.add(new Shard(queues.get((first + i) % queues.size()), opener));
        }
        this.balancedAtNanos = config.time().nanoTime();
    }

    /** A pause keeps what it has, with its place in the order; so does a smaller window. */
    @Override
    public void adjust(Connection connection, Room room) throws IOException {
        if (room.messages() == 0) {
            return;
        }
        int consumers = members(connection);
        int each = prefetch(room);
        Exception failure = null;
        for (Shard shard : shards) {
            try {
                shard.subscribe(connection, each, tagPrefix);
            } catch (IOException | RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw new IOException(failure);
        }
        if (config.time().nanoTime() - balancedAtNanos >= BALANCE_NANOS) {
            balancedAtNanos = config.time().nanoTime();
            if (consumers > 0) {
                balance(connection, each, consumers);
            }
            shrink(connection, each);
        }
    }

    /** {@return how many of a shard's messages may be out at once} What is polled counts, too: one key may hold up others. */
    private int prefetch(Room room) {
        mostBytes = Math.max(mostBytes, room.bytes());
        int share = (room.messages() + shards.size() - 1) / shards.size();
        long byBytes = mostBytes / (shards.size() * typical.bytes());
        return (int) Math.max(1, Math.min(byBytes, Math.max(share, Math.min(room.messages(), LEAST_PREFETCH))));
    }

    /**
     * Messages turned out to be larger (rule BKP-1). One shard at a time, as what is out of it has to end for that; and never the other
     * way, or mixed sizes would have shards given up for ever: one that is consumed anew for another reason gets more.
     */
    private void shrink(Connection connection, int prefetch) throws IOException {
        for (Shard shard : shards) {
            if (shard.isFarAbove(prefetch)) {
                giveUp(shard);
                shard.subscribe(connection, prefetch, tagPrefix);
                return;
            }
        }
    }

    @Override
    public boolean isLow(Room room) {
        return false;
    }

    /** Others may have come or gone. */
    @Override
    public boolean isOff(Room room) {
        return true;
    }

    @Override
    public boolean arrived(RabbitMqDelivery delivery) {
        typical.add(delivery.size());
        return true;
    }

    /** Gives up what is beyond a fair share: whoever came first is the active consumer of everything. */
    private void balance(Connection connection, int prefetch, int consumers) throws IOException {
        int fair = (shards.size() + consumers - 1) / consumers;
        List<Shard> held = shards.stream()
                .filter(Shard::isActive)
                .sorted(Comparator.comparing(Shard::isBusy))
                .toList();
        note = held.size() > fair
                ? "holds " + held.size() + " of the " + shards.size() + " shards of " + name + "; a fair share among "
                        + consumers + " consumers is " + fair
                : "";
        for (Shard shard : held.subList(0, Math.max(0, held.size() - fair))) {
            giveUp(shard);
            shard.subscribe(connection, prefetch, tagPrefix);
        }
    }

    /** {@return how many consumers there are; 0 if that is not to be known, which must not keep this one from consuming} */
    private int members(Connection connection) {
        try {
            return members.count(connection);
        } catch (IOException | RuntimeException e) {
            QueueException why = Failures.of("count the consumers of " + name, e);
            LOG.debug("{}: shards cannot be shared", name, why);
            note = "the shards of " + name + " cannot be shared with other consumers: " + why.getMessage();
            return 0;
        }
    }

    private void giveUp(Shard shard) {
        Subscription leaving = shard.live();
        if (leaving == null) {
            return;
        }
        leaving.leave();
        inbox.drop(delivery -> delivery.subscription() == leaving);
        long until = config.time().nanoTime() + DRAIN.toNanos();
        await(listener.revoking(leaving.queue(), leaving.epoch(), until).toCompletableFuture(), DRAIN);
        await(link.serial().fence(), Duration.ofSeconds(1));
        awaitTakenIn(List.of(leaving), Subscription.TAKEN_IN_MILLIS);
        leaving.close();
        // One may have been on its way into the inbox when that was emptied.
        inbox.drop(delivery -> delivery.subscription() == leaving);
        listener.lost(leaving.queue(), leaving.epoch());
    }

    private void awaitTakenIn(List<Subscription> ended, long limitMillis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        for (Subscription each : ended) {
            try {
                long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                var unused = each.awaitTakenIn(Math.max(0, left));
            } catch (IOException e) {
                LOG.debug("{}: nothing tells whether settlements were taken in", each.queue(), e);
            }
        }
    }

    private void await(CompletableFuture<Void> stage, Duration limit) {
        try {
            stage.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.info("{}: handlers did not finish within {}: what they run is delivered again", name, limit);
        } catch (ExecutionException e) {
            LOG.warn("{}: giving up a shard in order failed", name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void release(List<Release> batch, Receiver.Results results) {
        List<RabbitMqDelivery> again = new ArrayList<>(batch.size());
        for (Release release : batch) {
            RabbitMqDelivery delivery = (RabbitMqDelivery) release.delivery();
            if (!delivery.subscription().isAlive()) {
                results.stale(delivery);
            } else if (!release.delay().isZero()) {
                QueueException why = new QueueException(
                        ErrorCode.UNSUPPORTED,
                        "an ordered source on RabbitMQ knows no delays, asked for is " + release.delay());
                handOutAgain(delivery, again);
                results.unknown(delivery, why);
            } else {
                handOutAgain(delivery, again);
                results.done(delivery);
            }
        }
        if (!again.isEmpty()) {
            inbox.putBack(again);
            // It may have been given up between the look and this.
            inbox.drop(delivery -> delivery.subscription().isLeaving()
                    || !delivery.subscription().isAlive());
            listener.readable();
        }
    }

    /** What is of a shard that is being given up goes back to the server with the rest of it. */
    private static void handOutAgain(RabbitMqDelivery delivery, List<RabbitMqDelivery> inbox) {
        RabbitMqDelivery again = delivery.again();
        delivery.subscription().replace(again);
        if (!delivery.subscription().isLeaving()) {
            inbox.add(again);
        }
    }

    @Override
    public List<Subscription> subscriptions() {
        List<Subscription> all = new ArrayList<>();
        for (Shard shard : shards) {
            Subscription current = shard.subscription();
            if (current != null) {
                all.add(current);
            }
        }
        return all;
    }

    @Override
    public CompletableFuture<Void> idle() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!note.isEmpty()) {
            notes.add(note);
        }
        for (Shard shard : shards) {
            Subscription current = shard.live();
            RabbitMqDelivery oldest = current == null ? null : current.oldest();
            if (current != null
                    && oldest != null
                    && current.isFull()
                    && current.calm().compareTo(STALL) > 0) {
                notes.add(
                        current.queue() + " hands out nothing more: all that it may have out at once is unsettled, the"
                                + " oldest being message " + oldest.message().id() + ", and nothing has come for "
                                + current.calm().toSeconds() + " s");
            }
        }
        return notes;
    }

    @Override
    public void close(long limitMillis) {
        List<Subscription> all = subscriptions();
        all.forEach(Subscription::leave);
        inbox.takeBeyond(0);
        await(link.serial().fence(), Duration.ofMillis(Math.max(1, limitMillis)));
        awaitTakenIn(all, Math.min(Subscription.TAKEN_IN_MILLIS, limitMillis));
        all.forEach(Subscription::close);
        members.leave();
    }
}

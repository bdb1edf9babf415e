package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Receiver.Release;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Consumes a queue beside others that do. The server counts what is not settled against a consumer's limit, and the contract only
 * what was not polled: when what is polled has used up half of the room, one more consumer is begun, and when much was settled
 * since all of them end and one begins anew. So the inbox never holds more than twice the room (rules RCV-6, BKP-1).
 */
final class CompetingIntake implements Intake {
    private static final int FIRST_GUESS_BYTES = 16 * 1024;
    private static final int MOST_PREFETCH = 65_535;
    /** So that many slow handlers do not need a consumer each. */
    private static final int SLACK = 32;

    private final Inbox inbox;
    private final Releases releases;
    private final Function<Connection, Subscription> opener;
    private final String tagPrefix;
    private volatile @Nullable Subscription subscription;
    private Room before = new Room(0, 0);
    private volatile long typicalBytes = FIRST_GUESS_BYTES;

    CompetingIntake(Inbox inbox, Releases releases, Function<Connection, Subscription> opener, String tagPrefix) {
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
        int wanted = wanted(room);
        int coming = inbox.size() + current.spare();
        if (isHigh(coming, wanted) || (room.messages() < before.messages() && coming > room.messages())) {
            current.cancel();
            releases.giveBack(inbox.takeBeyond(wanted));
            coming = inbox.size();
        }
        before = room;
        if (isLow(coming, wanted)) {
            int polled = Math.max(0, current.out() - inbox.size());
            current.consume(Math.min(MOST_PREFETCH, wanted - coming + Math.min(SLACK, polled / 2)), tagPrefix);
        }
    }

    @Override
    public boolean isOff(Room room) {
        Subscription current = subscription;
        if (current == null || !current.isAlive() || room.messages() == 0) {
            return false;
        }
        int coming = inbox.size() + current.spare();
        int wanted = wanted(room);
        return isLow(coming, wanted) || isHigh(coming, wanted);
    }

    private static boolean isLow(int coming, int wanted) {
        return coming < (wanted + 1) / 2;
    }

    private static boolean isHigh(int coming, int wanted) {
        return wanted == 0 ? coming > 0 : coming > Math.max(2 * wanted, wanted + 2 * SLACK);
    }

    private int wanted(Room room) {
        return room.messages() == 0 ? 0 : (int) Math.min(room.messages(), Math.max(1, room.bytes() / typicalBytes));
    }

    /** Called by the client library's thread alone. */
    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public boolean arrived(RabbitMqDelivery delivery) {
        typicalBytes += (delivery.size() - typicalBytes) / 16;
        if (!delivery.isNameless()) {
            return true;
        }
        releases.name(delivery);
        return false;
    }

    @Override
    public void release(List<Release> batch, Receiver.Results results) {
        for (Release release : batch) {
            releases.release(release, (RabbitMqDelivery) release.delivery(), results);
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
    public Optional<String> note() {
        return Optional.empty();
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
            releases.abandon(current.unsettled());
            releases.idle().get(Math.max(1, limitMillis), TimeUnit.MILLISECONDS);
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

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
 * what was not polled: when what is polled has used up half of the room, a new consumer takes over from the old one, and what the
 * old one was handed stays as it is. So the inbox never holds more than the room (rules RCV-6, BKP-1).
 */
final class CompetingIntake implements Intake {
    private static final int FIRST_GUESS_BYTES = 16 * 1024;
    private static final int MOST_PREFETCH = 65_535;

    private final Inbox inbox;
    private final Releases releases;
    private final Function<Connection, Subscription> opener;
    private final String tagPrefix;
    private volatile @Nullable Subscription subscription;
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
        if (coming > room.messages() || coming > 2 * wanted) {
            current.cancel();
            releases.giveBack(inbox.takeBeyond(wanted));
            coming = inbox.size();
        }
        if (wanted > 0 && (!current.isConsuming() || isLow(coming, wanted)) && coming < wanted) {
            current.consume(Math.min(MOST_PREFETCH, wanted - coming), tagPrefix);
        }
    }

    @Override
    public boolean isOff(Room room) {
        Subscription current = subscription;
        return current != null
                && current.isAlive()
                && room.messages() > 0
                && isLow(inbox.size() + current.spare(), wanted(room));
    }

    private static boolean isLow(int coming, int wanted) {
        return coming < (wanted + 1) / 2;
    }

    private int wanted(Room room) {
        return room.messages() == 0 ? 0 : (int) Math.min(room.messages(), Math.max(1, room.bytes() / typicalBytes));
    }

    /** Called by the client library's thread alone. */
    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void arrived(RabbitMqDelivery delivery) {
        typicalBytes += (delivery.size() - typicalBytes) / 16;
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

package io.anyqueue.kafka.internal;

import io.anyqueue.kafka.internal.ShareDelivery.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a lane: what is noted is settled, and the rest given back, within a limit. The lane's thread's, unless a method says so. */
final class ShareDeparture {
    private static final Logger LOG = LoggerFactory.getLogger(ShareDeparture.class);
    static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long TICK_MILLIS = 50;

    private final String name;
    private final ShareHeld held;
    private final ShareNotes notes;
    private final ShareSettling settling;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile long byNanos;

    ShareDeparture(String name, ShareHeld held, ShareNotes notes, ShareSettling settling) {
        this.name = name;
        this.held = held;
        this.notes = notes;
        this.settling = settling;
    }

    /** Any thread's: it is to be over at that time. */
    void by(long nanos) {
        byNanos = nanos;
    }

    /** {@return completes when it is over} Any thread's. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Closes the member in any case, and ends. */
    void leave(@Nullable ShareConsumer<byte[], byte[]> client) {
        try {
            if (client != null) {
                giveBack(client);
                close(client, left());
            }
        } finally {
            notes.end();
            ended.complete(null);
        }
    }

    private void giveBack(ShareConsumer<byte[], byte[]> client) {
        try {
            settling.settleNoted(client, notes);
            // Once these are over nobody can claim them to have a copy made, so that all copies there are were begun.
            release(client, held.those(delivery -> delivery.leave(State.OPEN, State.OVER)));
            awaitCopies(client);
            held.all().forEach(ShareDelivery::end);
            release(client, held.all());
        } catch (RuntimeException e) {
            LOG.debug("{}: not all was given back; the brokers unlock it when this member is gone", name, e);
        }
    }

    private void release(ShareConsumer<byte[], byte[]> client, List<ShareDelivery> deliveries) {
        for (ShareDelivery delivery : deliveries) {
            held.remove(delivery);
            client.acknowledge(delivery.record(), AcknowledgeType.RELEASE);
        }
        if (!deliveries.isEmpty()) {
            var unused = client.commitSync(left());
        }
    }

    /** What has a copy on its way would otherwise be there twice. */
    private void awaitCopies(ShareConsumer<byte[], byte[]> client) {
        long until = System.nanoTime() + left().toNanos() / 2;
        while (!held.those(ShareDelivery::isClaimed).isEmpty() && System.nanoTime() - until < 0) {
            notes.await(TICK_MILLIS);
            settling.settleNoted(client, notes);
        }
    }

    private Duration left() {
        long nanos = Math.max(SHORTEST_NANOS, byNanos - System.nanoTime());
        return nanos < CLOSE_LIMIT.toNanos() ? Duration.ofNanos(nanos) : CLOSE_LIMIT;
    }

    void close(@Nullable ShareConsumer<byte[], byte[]> client, Duration limit) {
        if (client == null) {
            return;
        }
        try {
            client.close(limit);
        } catch (RuntimeException e) {
            LOG.debug("{}: a member of a share group did not close in order", name, e);
        }
    }
}

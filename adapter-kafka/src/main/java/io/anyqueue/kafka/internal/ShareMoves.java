package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.ShareDelivery.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a confirmed copy with its counters in the place of what the brokers would give up soon; they count the copy's deliveries anew. The
 * lane's thread's, unless a method says so.
 */
final class ShareMoves {
    private static final Logger LOG = LoggerFactory.getLogger(ShareMoves.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ShareReceiver receiver;
    private final ShareHeld held;
    private final Deque<ShareDelivery> failed = new ArrayDeque<>();
    private volatile @Nullable QueueException failure;
    private long againNanos;

    ShareMoves(ShareReceiver receiver, ShareHeld held) {
        this.receiver = receiver;
        this.held = held;
    }

    /** Claims them. */
    void move(List<ShareDelivery> deliveries) {
        for (ShareDelivery delivery : deliveries) {
            var unused = delivery.leave(State.OPEN, State.CLAIMED);
        }
        publish(deliveries);
    }

    /** Tries again what failed, if it is time to. */
    void again() {
        long now = receiver.clients().config().time().nanoTime();
        if (now - againNanos < 0) {
            return;
        }
        List<ShareDelivery> again = new ArrayList<>();
        synchronized (failed) {
            failed.stream().filter(held::contains).forEach(again::add);
            failed.clear();
        }
        failure = again.isEmpty() ? null : failure;
        if (!again.isEmpty()) {
            publish(again);
        }
    }

    private void publish(List<ShareDelivery> deliveries) {
        List<Outbound> batch = new ArrayList<>(deliveries.size());
        for (ShareDelivery delivery : deliveries) {
            Counters before = delivery.before();
            Counters now = new Counters(
                    before.deliveries() + delivery.earlier(),
                    before.crashes() + delivery.earlier(),
                    before.attempts(),
                    before.firstFailedAtMillis());
            batch.add(
                    new ShareCopy(receiver.records().of(delivery, now), delivery, null, why -> failed(delivery, why)));
        }
        againNanos = receiver.clients().config().time().nanoTime() + AGAIN_NANOS;
        receiver.copies().publish(batch);
    }

    /** Any thread's. */
    private void failed(ShareDelivery delivery, QueueException why) {
        boolean first = failure == null;
        failure = why;
        if (first) {
            LOG.warn(
                    "{} was delivered so often that a copy has to take its place, and that cannot be stored: {}",
                    delivery,
                    why.getMessage());
        }
        synchronized (failed) {
            failed.add(delivery);
        }
    }

    /** {@return why something can be neither handed out nor moved on} Any thread's. */
    Optional<QueueException> failure() {
        return Optional.ofNullable(failure);
    }
}

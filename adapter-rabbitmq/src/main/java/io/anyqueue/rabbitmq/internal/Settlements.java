package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Channel;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;

/**
 * Tells the server of one channel what became of deliveries: what all older ones are settled with goes as one frame, all else one
 * by one. Safe for use by any thread; the link's serial thread writes.
 */
final class Settlements {
    private final Channel channel;
    private final Serial serial;
    private final Window<RabbitMqDelivery> out;
    private final Queue<Settlement> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Queue<CompletableFuture<Void>> asking = new ConcurrentLinkedQueue<>();
    private final IntSupplier consumers;
    private final RecentFrames recent = new RecentFrames();
    private volatile boolean holding;
    private volatile boolean ended;

    /** Hears what became of settling; called by the serial thread, or by the one that settles. */
    interface Outcome {
        /** It was written. */
        void done(RabbitMqDelivery delivery);

        /** The channel died before it was written. */
        void stale(RabbitMqDelivery delivery);

        /** The channel died while it was written: the server may have been told. */
        void unknown(RabbitMqDelivery delivery, QueueException why);
    }

    /** Deliveries whose handling is over, and who hears when the server was told. */
    private record Settlement(List<RabbitMqDelivery> deliveries, boolean requeue, Outcome outcome) {}

    /**
     * @param out what the channel handed out and is not settled, with itself as the lock
     * @param consumers how many the channel has and had: the server settles each one's by itself
     */
    Settlements(Channel channel, Serial serial, Window<RabbitMqDelivery> out, IntSupplier consumers) {
        this.consumers = consumers;
        this.channel = channel;
        this.serial = serial;
        this.out = out;
    }

    /** Acknowledges; the list is this one's from now on. */
    void ack(List<RabbitMqDelivery> deliveries, Outcome outcome) {
        waiting.add(new Settlement(deliveries, false, outcome));
        schedule();
    }

    /** Gives back at once. */
    void requeue(RabbitMqDelivery delivery, Outcome outcome) {
        waiting.add(new Settlement(List.of(delivery), true, outcome));
        schedule();
    }

    /** {@return completes when everything given before has been written, or cannot be} */
    CompletableFuture<Void> written() {
        CompletableFuture<Void> written = new CompletableFuture<>();
        asking.add(written);
        schedule();
        return written;
    }

    /** Writes nothing for now. */
    void hold() {
        holding = true;
    }

    /** Goes on after {@link #hold}. */
    void letGo() {
        holding = false;
        schedule();
    }

    /** {@return whether so much was written lately that the server's channel may keep some of it to itself, see {@link AckBarrier}} */
    boolean mayBeKept() {
        return recent.areMany();
    }

    /** From now on everything is stale, as the channel is dead. */
    void end() {
        ended = true;
        schedule();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true) && !serial.execute(this::write)) {
            scheduled.set(false);
            take(waiting).forEach(Settlements::refuse);
            take(asking).forEach(asked -> asked.complete(null));
        }
    }

    private static <T> List<T> take(Queue<T> queue) {
        List<T> taken = new ArrayList<>();
        T next = queue.poll();
        while (next != null) {
            taken.add(next);
            next = queue.poll();
        }
        return taken;
    }

    private static void refuse(Settlement settlement) {
        settlement.deliveries().forEach(settlement.outcome()::stale);
    }

    /** On the serial thread. */
    private void write() {
        scheduled.set(false);
        if (holding && !ended) {
            return;
        }
        List<CompletableFuture<Void>> asked = take(asking);
        try {
            write(take(waiting));
        } finally {
            asked.forEach(written -> written.complete(null));
        }
    }

    private void write(List<Settlement> batch) {
        if (batch.isEmpty()) {
            return;
        }
        if (ended || !channel.isOpen()) {
            batch.forEach(Settlements::refuse);
            return;
        }
        try {
            tell(batch, remove(batch));
        } catch (IOException | RuntimeException e) {
            Channels.abort(channel);
            ended = true;
            QueueException why = new QueueException(
                    ErrorCode.UNCONFIRMED,
                    "the channel broke while a settlement was written",
                    Failures.of("settle", e));
            each(batch, (delivery, outcome) -> outcome.unknown(delivery, why));
            return;
        }
        each(batch, (delivery, outcome) -> outcome.done(delivery));
    }

    private static void each(List<Settlement> batch, BiConsumer<RabbitMqDelivery, Outcome> result) {
        for (Settlement settlement : batch) {
            settlement.deliveries().forEach(delivery -> result.accept(delivery, settlement.outcome()));
        }
    }

    /** {@return the tag of the oldest that is not settled, now that these are} */
    private long remove(List<Settlement> batch) {
        synchronized (out) {
            for (Settlement settlement : batch) {
                for (RabbitMqDelivery delivery : settlement.deliveries()) {
                    if (out.remove(delivery.tag()) != null) {
                        delivery.settledOnServer();
                    }
                }
            }
            return out.first();
        }
    }

    private void tell(List<Settlement> batch, long first) throws IOException {
        Flushes flushes = Flushes.ofThread();
        try {
            flushes.putOff(() -> write(batch, first));
        } finally {
            flushes.flush();
        }
    }

    /** A frame for many must name a delivery that the server does not know to be settled. */
    private void write(List<Settlement> batch, long first) throws IOException {
        long together = 0;
        int frames = 0;
        for (Settlement settlement : batch) {
            for (RabbitMqDelivery delivery : settlement.deliveries()) {
                if (settlement.requeue()) {
                    channel.basicReject(delivery.tag(), true);
                    frames++;
                } else if (delivery.tag() >= first) {
                    channel.basicAck(delivery.tag(), false);
                    frames++;
                } else {
                    together = Math.max(together, delivery.tag());
                }
            }
        }
        if (together > 0) {
            channel.basicAck(together, true);
            frames += consumers.getAsInt();
        }
        recent.add(frames);
    }
}

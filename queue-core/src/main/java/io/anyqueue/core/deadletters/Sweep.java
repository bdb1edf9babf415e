package io.anyqueue.core.deadletters;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.StartAt;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass over the letters of a dead-letter queue, through a receiver as any consumer has it: shows each letter once, and
 * gives back what was not taken. Used by one thread; results come from the adapter's.
 *
 * <p>A letter that is left is held until the end, so that it does not come again and keeps its place. At {@value #MOST_HELD}
 * letters or 16 MiB those held go back behind the others; when one of them comes again the pass is over.
 */
final class Sweep implements AutoCloseable {
    static final int MOST_HELD = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final long MOST_BYTES = 16L * 1024 * 1024;
    private static final int WINDOW = 100;
    /** How long a broker that cannot tell whether its queue is empty may take to hand out the next letter. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Beyond what a publisher waits for the confirmation of a message, sent again as often as it may. */
    private static final Duration MOVE_LIMIT = Duration.ofMinutes(3);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_AWAY = Duration.ofMinutes(5);
    private static final AtomicLong COUNT = new AtomicLong();

    private final LetterBox box;
    private final Capabilities capabilities;
    private final SweepEvents events;
    private final Receiver receiver;
    private final boolean extendable;
    private final long leaseNanos;
    /** Left by the caller, in the order in which they came. */
    private final Set<Delivery> left = new LinkedHashSet<>();
    /** With the caller. */
    private final Set<Delivery> out = new LinkedHashSet<>();
    /** The letters that went back first: when one comes again, all others have been seen. */
    private final Set<String> firstBack = new HashSet<>();

    private long leftBytes;
    private long seenSincePutBack;
    private long extendedNanos;

    Sweep(LetterBox box) {
        this.box = box;
        this.capabilities = box.broker().capabilities(box.queue());
        this.extendable = capabilities.leases() == LeaseModel.PER_DELIVERY;
        this.leaseNanos = Nanos.of(box.queue().lease());
        this.extendedNanos = now();
        this.events = new SweepEvents();
        this.receiver = box.broker()
                .receiver(
                        box.queue(),
                        new ReceiverOptions(box.name() + "-sweep-" + COUNT.incrementAndGet(), StartAt.now()),
                        events);
        receiver.window(WINDOW, MOST_BYTES);
    }

    /** {@return the same failure, which also says how far the work had come} */
    static QueueException stopped(QueueException why, String progress) {
        return new QueueException(
                why.code(), progress + " before it stopped: " + why.getMessage(), why, why.maybeStored());
    }

    /** {@return the next letter, which the caller leaves, moves or acknowledges; null when all were seen} */
    @Nullable
    Delivery next() {
        while (true) {
            if (box.closing().isDone()) {
                throw new QueueException(ErrorCode.CLOSED, "the client was closed");
            }
            keepLeases();
            events.beforeLooking();
            Delivery delivery = poll();
            if (delivery != null) {
                out.add(delivery);
                return isAgain(delivery) ? null : delivery;
            }
            if (isEmpty() || !isReadable()) {
                return null;
            }
        }
    }

    private @Nullable Delivery poll() {
        Delivery[] polled = new Delivery[1];
        receiver.poll(1, MOST_BYTES, delivery -> polled[0] = delivery);
        return polled[0];
    }

    private boolean isAgain(Delivery delivery) {
        if (!firstBack.contains(delivery.message().id())) {
            seenSincePutBack++;
            return false;
        }
        if (seenSincePutBack == 0) {
            throw new QueueException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    box.name() + " has more than " + firstBack.size() + " letters in front that were not selected, and "
                            + capabilities.broker() + " cannot put them behind the others; redrive or discard some of"
                            + " them first");
        }
        return true;
    }

    /**
     * {@return whether the broker says for certain that nothing is ready, nor on its way} What an adapter fetches ahead is leased
     * a moment before it can be polled: what is leased must be with this pass.
     */
    private boolean isEmpty() {
        Topology.Description description;
        try {
            description = box.await(box.broker().topology().describe(box.queue()), LIMIT, "describe " + box.name());
        } catch (QueueException e) {
            if (e.code() == ErrorCode.UNSUPPORTED) {
                return false;
            }
            throw e;
        }
        return isExactly(description.ready(), 0) && isExactly(description.leased(), left.size() + out.size());
    }

    private static boolean isExactly(Optional<Topology.Count> count, long value) {
        return count.filter(known -> known.exact() && known.value() == value).isPresent();
    }

    private boolean isReadable() {
        try {
            box.await(events.readableAgain(), SILENCE, "receive from " + box.name());
            return true;
        } catch (QueueException e) {
            if (e.code() != ErrorCode.TIMEOUT) {
                throw e;
            }
            QueueException trouble = events.trouble();
            if (trouble != null) {
                throw trouble;
            }
            return false;
        }
    }

    /** {@return whether another letter can be left without putting letters behind others} */
    boolean hasRoom() {
        return left.size() < MOST_HELD - 1 && leftBytes < MOST_BYTES;
    }

    /** The letter stays in the queue. */
    void leave(Delivery delivery) {
        out.remove(delivery);
        left.add(delivery);
        leftBytes += delivery.size();
        if (left.size() >= MOST_HELD || leftBytes >= MOST_BYTES) {
            putBack();
        }
    }

    private void putBack() {
        Duration away = capabilities.has(Feature.DELAYED_RELEASE)
                ? shorter(LONGEST_AWAY, capabilities.limits().maxRelease())
                : Duration.ZERO;
        if (firstBack.isEmpty()) {
            left.forEach(delivery -> firstBack.add(delivery.message().id()));
        }
        List<Receiver.Release> back = new ArrayList<>(left.size());
        for (Delivery delivery : left) {
            back.add(new Receiver.Release(delivery, away, delivery.attempts(), delivery.firstFailedAtMillis()));
        }
        left.clear();
        leftBytes = 0;
        seenSincePutBack = 0;
        receiver.release(back, new Unawaited());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** Waits, and keeps the leases of all letters meanwhile. */
    void pause(long nanos) {
        long until = now() + nanos;
        for (long rest = until - now(); rest > 0; rest = until - now()) {
            CompletableFuture<Void> over = new CompletableFuture<>();
            long slice = Math.min(rest, leaseNanos / 6);
            if (!box.threads().later(() -> over.complete(null), slice)) {
                throw new QueueException(ErrorCode.CLOSED, "the client was closed");
            }
            box.await(over, Duration.ofNanos(slice).plus(LIMIT), "wait for the next letter's turn");
            keepLeases();
        }
    }

    private void keepLeases() {
        long now = now();
        if (now - extendedNanos < leaseNanos / 3) {
            return;
        }
        extendedNanos = now;
        if (extendable) {
            events.lost().forEach(this::forget);
            List<Delivery> held = new ArrayList<>(left);
            held.addAll(out);
            if (!held.isEmpty()) {
                receiver.extend(held, new Unawaited());
            }
        }
    }

    private void forget(Delivery delivery) {
        out.remove(delivery);
        if (left.remove(delivery)) {
            leftBytes -= delivery.size();
        }
    }

    /**
     * Stores a letter at the source that failed and takes it out of the queue: in one step where the broker can, else in
     * this order, so that a crash in between duplicates and never loses (rule SET-4).
     *
     * @return whether it was stored; false if the letter is somebody else's meanwhile
     */
    boolean move(Delivery delivery, Message message) {
        events.lost().forEach(this::forget);
        if (!out.contains(delivery)) {
            return false;
        }
        CompletableFuture<Boolean> moved = new CompletableFuture<>();
        Receiver.Forward forward = new Receiver.Forward(box.source(), message);
        if (!receiver.forward(delivery, List.of(forward), new Moved(moved))) {
            return sendThenAcknowledge(delivery, message);
        }
        boolean stored = box.await(moved, MOVE_LIMIT, "redrive letter " + message.id());
        out.remove(delivery);
        return stored;
    }

    private boolean sendThenAcknowledge(Delivery delivery, Message message) {
        if (delivery.leaseUntilNanos() != Long.MAX_VALUE && now() - extendedNanos >= leaseNanos) {
            out.remove(delivery);
            return false;
        }
        Publisher publisher = box.publishers().apply(box.source());
        box.await(publisher.sendAsync(message), MOVE_LIMIT, "redrive letter " + message.id());
        acknowledge(List.of(delivery));
        return true;
    }

    /** {@return those that are certainly gone from the queue} */
    List<Delivery> acknowledge(List<Delivery> deliveries) {
        Acknowledged results = new Acknowledged(deliveries.size());
        receiver.ack(deliveries, results);
        deliveries.forEach(out::remove);
        return box.await(results.all, LIMIT, "acknowledge letters of " + box.name());
    }

    private long now() {
        return box.threads().time().nanoTime();
    }

    /** Gives back what is held: closing does that in order, and it is no failure of a letter. */
    @Override
    public void close() {
        try {
            box.threads().await(receiver.close(CLOSE_LIMIT), CLOSE_LIMIT.plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("{}: the receiver of a redrive or discard could not be closed; its leases end", box.name(), e);
        }
    }

    /** The result of a step that stores and acknowledges. */
    private record Moved(CompletableFuture<Boolean> moved) implements Receiver.Results {
        @Override
        public void done(Delivery delivery) {
            moved.complete(true);
        }

        @Override
        public void stale(Delivery delivery) {
            moved.complete(false);
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            moved.completeExceptionally(why);
        }
    }

    /** Gathers the results of acknowledgements. */
    private final class Acknowledged implements Receiver.Results {
        private final CompletableFuture<List<Delivery>> all = new CompletableFuture<>();
        private final List<Delivery> gone = new ArrayList<>();
        private int open;

        Acknowledged(int deliveries) {
            this.open = deliveries;
        }

        @Override
        public synchronized void done(Delivery delivery) {
            gone.add(delivery);
            result();
        }

        @Override
        public synchronized void stale(Delivery delivery) {
            LOG.warn(
                    "{}: the lease of letter {} had ended, it stays",
                    box.name(),
                    delivery.message().id());
            result();
        }

        @Override
        public synchronized void unknown(Delivery delivery, QueueException why) {
            LOG.warn(
                    "{}: letter {} may be there still",
                    box.name(),
                    delivery.message().id(),
                    why);
            result();
        }

        private void result() {
            open--;
            if (open == 0) {
                all.complete(List.copyOf(gone));
            }
        }
    }

    /** The results of extending and giving back, for which nobody waits. */
    private final class Unawaited implements Receiver.Results {
        @Override
        public void done(Delivery delivery) {
            // As it should be.
        }

        @Override
        public void stale(Delivery delivery) {
            events.lost(delivery);
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            LOG.warn(
                    "{}: letter {} may come again",
                    box.name(),
                    delivery.message().id(),
                    why);
        }
    }
}

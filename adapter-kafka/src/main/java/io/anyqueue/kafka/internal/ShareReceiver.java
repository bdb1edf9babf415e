package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.ShareDelivery.State;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.jspecify.annotations.Nullable;

/**
 * Receives from a queue or subscription without order, by share groups. Safe for use by any thread: polling and settling touch memory only;
 * what waits for the brokers is done by the threads of the lanes, which also call the listener.
 */
final class ShareReceiver implements ManagedReceiver {
    private static final int MOST_FETCHED = 500;
    private static final Duration SHORTEST_CLOSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_CLOSE = Duration.ofHours(1);

    private final ShareBuffer buffer = new ShareBuffer();
    private final Window window = new Window();
    private final ShareLanes lanes;
    private final AtomicLong epochs = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Layout layout;
    private final Duration lease;
    private final Clients clients;
    private final Notices notices;
    private final Publisher copies;
    private final ShareCopies records;
    private final DelayMover mover;
    private volatile int fetchSize = 1;
    private volatile boolean narrowed;

    ShareReceiver(
            Spec source,
            ReceiverOptions options,
            ReceiverListener listener,
            Clients clients,
            Publisher copies,
            TopicPresence presence) {
        this.layout = Layout.of(source);
        this.lease = source.lease();
        this.lanes = new ShareLanes(this, options.consumer());
        this.clients = clients;
        this.notices = new Notices(source.endpoint().name(), listener);
        this.copies = copies;
        this.records = new ShareCopies(layout, clients);
        this.mover = new DelayMover(layout, options, clients, copies, presence);
    }

    // --- the lanes'

    Layout layout() {
        return layout;
    }

    Duration lease() {
        return lease;
    }

    Clients clients() {
        return clients;
    }

    ShareBuffer buffer() {
        return buffer;
    }

    Window windowSize() {
        return window;
    }

    Notices notices() {
        return notices;
    }

    Publisher copies() {
        return copies;
    }

    ShareCopies records() {
        return records;
    }

    /** {@return one that is higher than any before} */
    long nextEpoch() {
        return epochs.incrementAndGet();
    }

    /** {@return how many records a lane takes at once} */
    int fetchSize() {
        return fetchSize;
    }

    /** {@return how much is buffered that is to go back} Lanes that fetch at the same time overshoot a little, and that stays. */
    int surplus() {
        int surplus = narrowed ? window.surplus(buffer.size()) : 0;
        narrowed = surplus > 0;
        return surplus;
    }

    boolean wantsMore() {
        return !closing.get() && !window.isFull(buffer.size(), buffer.bytes());
    }

    ShareLanes lanes() {
        return lanes;
    }

    // --- the runtime's

    @Override
    public void window(int messages, long bytes) {
        if (messages < 0 || bytes < 0) {
            throw invalid("the window must be 0 or more, is " + messages + " messages and " + bytes + " bytes");
        }
        if (closing.get()) {
            return;
        }
        window.set(messages, bytes);
        if (window.surplus(buffer.size()) > 0) {
            narrowed = true;
        }
        buffer.hold(window.isClosed());
        if (!window.isClosed()) {
            fetchSize = Math.max(1, Math.min(MOST_FETCHED, messages));
            if (lanes.begin()) {
                mover.begin();
            } else {
                lanes.grow();
            }
            if (buffer.size() > 0) {
                notices.readable();
            }
        }
        lanes.wake();
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        int polled = buffer.poll(max, maxBytes, leaseEnd(), into);
        if (polled > 0 && window.isLow(buffer.size(), buffer.bytes())) {
            lanes.wake();
        }
        return polled;
    }

    private long leaseEnd() {
        long nanos =
                lease.compareTo(Duration.ofDays(365)) > 0 ? Duration.ofDays(365).toNanos() : lease.toNanos();
        return clients.config().time().nanoTime() + nanos;
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        Objects.requireNonNull(results, "results");
        Results guarded = notices.guarded(results);
        for (Delivery delivery : List.copyOf(deliveries)) {
            ShareDelivery mine = claim(delivery, guarded);
            if (mine != null) {
                mine.holder().settle(mine, AcknowledgeType.ACCEPT, guarded);
            }
        }
    }

    @Override
    public void release(List<Release> batch, Results results) {
        Objects.requireNonNull(results, "results");
        Results guarded = notices.guarded(results);
        List<Outbound> out = new ArrayList<>();
        for (Release release : List.copyOf(batch)) {
            if (release.delay().isNegative()) {
                guarded.unknown(release.delivery(), invalid("a delay must be 0 or more, is " + release.delay()));
                continue;
            }
            ShareDelivery mine = claim(release.delivery(), guarded);
            if (mine == null) {
                continue;
            }
            boolean same = release.attempts() == mine.attempts()
                    && release.firstFailedAtMillis() == mine.firstFailedAtMillis();
            if (release.delay().isZero() && same) {
                mine.holder().settle(mine, AcknowledgeType.RELEASE, guarded);
            } else {
                copy(mine, release, guarded).ifPresent(out::add);
            }
        }
        copies.publish(out);
    }

    private Optional<Outbound> copy(ShareDelivery mine, Release release, Results results) {
        try {
            return Optional.of(new ShareCopy(records.of(mine, release), mine, results, why -> {}));
        } catch (RuntimeException e) {
            // Else it would be kept for ever, and nobody told.
            var unused = mine.leave(State.CLAIMED, State.OPEN);
            results.unknown(
                    mine,
                    Failures.of("release a message of " + layout.endpoint().name(), e));
            return Optional.empty();
        }
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        Objects.requireNonNull(results, "results");
        Results guarded = notices.guarded(results);
        for (Delivery delivery : List.copyOf(deliveries)) {
            ShareDelivery mine = check(delivery, guarded);
            if (mine != null && mine.isOpen()) {
                mine.lease(leaseEnd()); // The lane renews the lock, or has the delivery lost.
                guarded.done(mine);
            } else if (mine != null) {
                guarded.stale(mine);
            }
        }
    }

    private @Nullable ShareDelivery claim(Delivery delivery, Results results) {
        ShareDelivery mine = check(delivery, results);
        if (mine != null && !mine.leave(State.OPEN, State.CLAIMED)) {
            results.stale(mine);
            return null;
        }
        return mine;
    }

    private @Nullable ShareDelivery check(Delivery delivery, Results results) {
        if (!(delivery instanceof ShareDelivery mine)) {
            results.unknown(delivery, invalid("the delivery is none of Kafka's share groups"));
            return null;
        }
        if (closing.get() || !lanes.contains(mine.holder())) {
            results.stale(delivery);
            return null;
        }
        return mine;
    }

    @Override
    public CompletionStage<Void> flush() {
        if (closing.get()) {
            return closed;
        }
        return lanes.flush();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        if (closing.compareAndSet(false, true)) {
            notices.close();
            buffer.close();
            long nanos = limit.compareTo(LONGEST_CLOSE) > 0 ? LONGEST_CLOSE.toNanos() : limit.toNanos();
            long by = System.nanoTime() + Math.max(SHORTEST_CLOSE.toNanos(), nanos);
            Runnable timer = Timers.after(clients.config(), limit, () -> closed.complete(null));
            var unused = CompletableFuture.allOf(
                            lanes.close(by), mover.close(limit).toCompletableFuture())
                    .whenComplete((done, failure) -> {
                        timer.run();
                        closed.complete(null);
                    });
        }
        return closed;
    }

    @Override
    public CompletionStage<Void> closed() {
        return closed;
    }

    @Override
    public Optional<String> note() {
        return lanes.note();
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}

package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Receives from one queue or subscription. Safe for use by any thread: polling and settling touch memory only; what waits for the brokers is
 * done by the thread of the intake, which also calls the listener.
 */
final class KafkaReceiver implements ManagedReceiver {
    private final Inbox inbox = new Inbox();
    private final Notices notices;
    private final Intake intake;
    private final BrokerConfig config;
    private final boolean transactional;
    private final Window window = new Window();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    KafkaReceiver(
            Spec source,
            ReceiverOptions options,
            ReceiverListener listener,
            Clients clients,
            Publisher copies,
            TopicPresence presence) {
        this(Layout.of(source), options, listener, clients, copies, presence);
    }

    KafkaReceiver(
            Layout layout,
            ReceiverOptions options,
            ReceiverListener listener,
            Clients clients,
            Publisher copies,
            TopicPresence presence) {
        this.config = clients.config();
        this.transactional = options.transactional();
        this.notices = new Notices(layout.endpoint().name(), listener);
        this.intake = new GroupIntake(layout, options, clients, inbox, window, notices, copies, presence);
    }

    @Override
    public void window(int messages, long bytes) {
        if (messages < 0 || bytes < 0) {
            throw invalid("the window must be 0 or more, is " + messages + " messages and " + bytes + " bytes");
        }
        if (closing.get()) {
            return;
        }
        window.set(messages, bytes);
        inbox.hold(window.isClosed());
        intake.windowChanged();
        if (!window.isClosed() && inbox.size() > 0) {
            notices.readable();
        }
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        int polled = inbox.poll(max, maxBytes, into);
        if (polled > 0) {
            intake.polled();
        }
        return polled;
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        Objects.requireNonNull(results, "results");
        List<KafkaDelivery> mine = new ArrayList<>(deliveries.size());
        for (Delivery delivery : List.copyOf(deliveries)) {
            KafkaDelivery checked = check(delivery, results);
            if (checked != null) {
                mine.add(checked);
            }
        }
        intake.ack(mine, notices.guarded(results));
    }

    @Override
    public void release(List<Release> batch, Results results) {
        Objects.requireNonNull(results, "results");
        List<Release> good = new ArrayList<>(batch.size());
        for (Release release : List.copyOf(batch)) {
            if (release.delay().isNegative()) {
                results.unknown(release.delivery(), invalid("a delay must be 0 or more, is " + release.delay()));
            } else if (check(release.delivery(), results) != null) {
                good.add(release);
            }
        }
        intake.release(good, notices.guarded(results));
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
        Objects.requireNonNull(results, "results");
        Results guarded = notices.guarded(results);
        KafkaDelivery mine = transactional ? check(delivery, guarded) : null;
        return mine == null ? transactional : intake.forward(mine, List.copyOf(out), guarded);
    }

    /** As {@link Intake#move}. */
    void move(List<? extends Move> moves) {
        intake.move(moves);
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        Objects.requireNonNull(results, "results");
        for (Delivery delivery : List.copyOf(deliveries)) {
            KafkaDelivery mine = check(delivery, results);
            if (mine != null && intake.isOpen(mine)) {
                results.done(mine);
            } else if (mine != null) {
                results.stale(mine);
            }
        }
    }

    private @Nullable KafkaDelivery check(Delivery delivery, Results results) {
        if (!(delivery instanceof KafkaDelivery mine)) {
            results.unknown(delivery, invalid("the delivery is none of Kafka's"));
            return null;
        }
        if (closing.get() || mine.tracker().owner() != inbox) {
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
        return intake.flush();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        if (closing.compareAndSet(false, true)) {
            notices.close();
            inbox.close();
            Runnable timer = Timers.after(config, limit, () -> closed.complete(null));
            var unused = intake.close(limit).whenComplete((done, failure) -> {
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
        return intake.note();
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}

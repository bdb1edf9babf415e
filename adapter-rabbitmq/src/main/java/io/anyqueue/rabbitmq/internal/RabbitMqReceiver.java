package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverListener.State;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives from one queue or subscription. Safe for use by any thread: polling and settling touch memory only, what waits for the
 * server is done by the upkeep, one run at a time. The listener is called by the client library's thread and by the upkeep's.
 */
final class RabbitMqReceiver implements Receiver, Subscription.Events, Link.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(RabbitMqReceiver.class);
    private static final long LOOK_MILLIS = 250;
    private static final long LOOK_MILLIS_ORDERED = 2_000;
    /** Half of what the server allows by default. */
    private static final Duration LONG = Duration.ofMinutes(15);

    private static final Duration LONGEST_CLOSE = Duration.ofHours(1);

    private final String name;
    private final Spec source;
    private final BrokerConfig config;
    private final Link link;
    private final ReceiverListener listener;
    private final Inbox inbox = new Inbox();
    private final Intake intake;
    private final Upkeep upkeep;
    private final AtomicLong epochs = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final ScheduledFuture<?> looks;
    private volatile long closeMillis;
    private volatile Intake.Room room = new Intake.Room(0, 0);
    private final States states = new States();

    RabbitMqReceiver(
            Spec source,
            ReceiverOptions options,
            ReceiverListener listener,
            BrokerConfig config,
            Link link,
            Publisher copies) {
        this.name = source.endpoint().name();
        this.source = source;
        this.config = config;
        this.link = link;
        this.listener = listener;
        Layout layout = Layout.of(source);
        this.intake = source.ordered()
                ? new ShardedIntake(name, layout, config, link, inbox, listener, this::open, options.consumer())
                : new CompetingIntake(
                        config,
                        inbox,
                        new Releases(layout, config, copies, this::add),
                        connection -> open(connection, layout.queues().get(0)),
                        options.consumer());
        this.upkeep = new Upkeep(config, this::adjust);
        long period = source.ordered() ? LOOK_MILLIS_ORDERED : LOOK_MILLIS;
        this.looks = config.scheduler().scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
        link.watch(this);
    }

    // --- the contract's side

    @Override
    public void window(int messages, long bytes) {
        if (messages < 0 || bytes < 0) {
            throw invalid("the window must be 0 or more, is " + messages + " messages and " + bytes + " bytes");
        }
        room = new Intake.Room(bytes == 0 ? 0 : messages, bytes);
        if (!closing.get()) {
            inbox.hold(room.messages() == 0);
            upkeep.request();
            if (room.messages() > 0 && inbox.size() > 0) {
                tell(listener::readable);
            }
        }
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        int polled = inbox.poll(max, maxBytes, into);
        if (polled > 0 && intake.isLow(room) && !closing.get()) {
            upkeep.request();
        }
        return polled;
    }

    /** Nothing may end the looks. */
    private void look() {
        try {
            long now = config.time().nanoTime();
            intake.subscriptions().forEach(subscription -> look(subscription, now));
            if (intake.isOff(room)) {
                upkeep.request();
            }
        } catch (RuntimeException e) {
            LOG.error("{}: looking after a receiver failed", name, e);
        }
    }

    private void look(Subscription subscription, long now) {
        subscription.look(now);
        RabbitMqDelivery oldest = subscription.oldest();
        if (oldest != null && oldest.age(now).compareTo(LONG) > 0 && subscription.isNews(oldest)) {
            LOG.warn("{}", note(oldest, now));
        }
    }

    private static String note(RabbitMqDelivery oldest, long now) {
        return "message " + oldest.message().id() + " of "
                + oldest.subscription().queue() + " has been out for "
                + oldest.age(now).toMinutes()
                + " minutes: at its consumer_timeout, 30 minutes unless it was set, RabbitMQ delivers it again";
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        Objects.requireNonNull(results, "results");
        Map<Subscription, List<RabbitMqDelivery>> bySubscription = new HashMap<>(4);
        for (Delivery delivery : List.copyOf(deliveries)) {
            RabbitMqDelivery mine = settle(delivery, results);
            if (mine != null) {
                bySubscription
                        .computeIfAbsent(mine.subscription(), any -> new ArrayList<>(deliveries.size()))
                        .add(mine);
            }
        }
        Settlements.Outcome told = new Told(results);
        bySubscription.forEach((subscription, settled) -> subscription.ack(settled, told));
    }

    /** Passes on what became of acknowledgements. */
    private final class Told implements Settlements.Outcome {
        private final Results results;

        Told(Results results) {
            this.results = results;
        }

        @Override
        public void done(RabbitMqDelivery delivery) {
            tell(() -> results.done(delivery));
        }

        @Override
        public void stale(RabbitMqDelivery delivery) {
            tell(() -> results.stale(delivery));
        }

        @Override
        public void unknown(RabbitMqDelivery delivery, QueueException why) {
            tell(() -> results.unknown(delivery, why));
        }
    }

    @Override
    public void release(List<Release> batch, Results results) {
        Objects.requireNonNull(results, "results");
        List<Release> good = new ArrayList<>(batch.size());
        for (Release release : List.copyOf(batch)) {
            if (release.delay().isNegative()) {
                results.unknown(release.delivery(), invalid("a delay must be 0 or more, is " + release.delay()));
            } else if (settle(release.delivery(), results) != null) {
                good.add(release);
            }
        }
        intake.release(good, results);
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        Objects.requireNonNull(results, "results");
        for (Delivery delivery : List.copyOf(deliveries)) {
            RabbitMqDelivery mine = check(delivery, results);
            if (mine != null) {
                if (mine.isSettled()) {
                    results.stale(mine);
                } else {
                    results.done(mine);
                }
            }
        }
    }

    /** {@return the delivery, if it was this receiver's to settle; else its result is told} */
    private @Nullable RabbitMqDelivery settle(Delivery delivery, Results results) {
        RabbitMqDelivery mine = check(delivery, results);
        if (mine == null) {
            return null;
        }
        if (!mine.settle()) {
            results.stale(mine);
            return null;
        }
        return mine;
    }

    private @Nullable RabbitMqDelivery check(Delivery delivery, Results results) {
        if (!(delivery instanceof RabbitMqDelivery mine)) {
            results.unknown(delivery, invalid("the delivery is none of RabbitMQ's"));
            return null;
        }
        if (closing.get()
                || !mine.subscription().tells(this)
                || !mine.subscription().isAlive()) {
            results.stale(delivery);
            return null;
        }
        return mine;
    }

    private void tell(Runnable result) {
        try {
            result.run();
        } catch (Throwable e) {
            LOG.error("{}: a callback given to RabbitMQ's adapter failed, which it must not", name, e);
        }
    }

    /** The server's channels have everything when they answer a question that was asked later; their queues a little later. */
    @Override
    public CompletionStage<Void> flush() {
        return intake.idle().thenCompose(idle -> written()).thenCompose(written -> {
            CompletableFuture<Void> answered = new CompletableFuture<>();
            execute(() -> {
                try {
                    flush(intake.subscriptions());
                    answered.complete(null);
                } catch (IOException | RuntimeException e) {
                    answered.completeExceptionally(Failures.of("flush " + name, e));
                }
            });
            return answered;
        });
    }

    private static void flush(List<Subscription> all) throws IOException {
        for (Subscription subscription : all) {
            if (subscription.isAlive()) {
                subscription.channel().exchangeDeclarePassive("amq.direct");
                var unused = subscription.awaitTakenIn(Math.max(1, Subscription.TAKEN_IN_MILLIS / all.size()));
            }
        }
    }

    private CompletableFuture<Void> written() {
        return CompletableFuture.allOf(
                intake.subscriptions().stream().map(Subscription::written).toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        // Before: the upkeep may be the one that closes.
        closeMillis = limit.compareTo(LONGEST_CLOSE) > 0 ? LONGEST_CLOSE.toMillis() : Math.max(0, limit.toMillis());
        if (closing.compareAndSet(false, true)) {
            link.unwatch(this);
            looks.cancel(false);
            inbox.close();
            Runnable timer = Timers.after(config, limit, () -> closed.complete(null));
            execute(() -> end(closeMillis, timer));
        }
        return closed;
    }

    private void end(long limitMillis, Runnable timer) {
        try {
            upkeep.stop(limitMillis);
            intake.close(limitMillis);
        } catch (RuntimeException e) {
            LOG.warn("{}: a receiver did not close in order", name, e);
        } finally {
            timer.run();
            closed.complete(null);
        }
    }

    /** {@return completes when it is closed} */
    CompletionStage<Void> closed() {
        return closed;
    }

    /** {@return what an operator should know (rules LIF-4, ORD-2)} */
    List<String> notes() {
        List<String> notes = new ArrayList<>(room.messages() == 0 ? List.of() : intake.notes());
        long now = config.time().nanoTime();
        for (Subscription subscription : intake.subscriptions()) {
            RabbitMqDelivery oldest = subscription.isAlive() ? subscription.oldest() : null;
            if (oldest != null && oldest.age(now).compareTo(LONG) > 0) {
                notes.add(note(oldest, now));
            }
        }
        return notes;
    }

    // --- the server's side

    @Override
    public void arrived(RabbitMqDelivery delivery) {
        if (intake.arrived(delivery)) {
            add(delivery);
        }
    }

    private void add(RabbitMqDelivery delivery) {
        if (inbox.add(delivery) && !closing.get()) {
            tell(listener::readable);
        }
    }

    @Override
    public void cancelled(Subscription subscription) {
        QueueException why = new QueueException(
                ErrorCode.NOT_FOUND,
                "RabbitMQ gave up the consumer of " + subscription.queue()
                        + ": the queue was deleted, or has no leader");
        execute(() -> {
            subscription.close();
            gone(subscription, why);
        });
    }

    @Override
    public void died(Subscription subscription, @Nullable ShutdownSignalException cause) {
        if (!closing.get()) {
            gone(subscription, Failures.ofShutdown("consume " + name, cause));
        }
    }

    private void gone(Subscription subscription, QueueException why) {
        inbox.drop(delivery -> delivery.subscription() == subscription);
        tell(() -> listener.lost(subscription.queue(), subscription.epoch()));
        state(why.code().retryable() ? State.RECONNECTING : State.BLOCKED, why);
        upkeep.request();
    }

    @Override
    public void up() {
        upkeep.requestNow();
    }

    @Override
    public void down(QueueException why) {
        if (room.messages() > 0) {
            state(State.RECONNECTING, why);
        }
    }

    // --- the upkeep

    private Subscription open(Connection connection, String queue) {
        try {
            return new Subscription(
                    source.endpoint(),
                    queue,
                    epochs.incrementAndGet(),
                    Channels.open(connection),
                    link.serial(),
                    this,
                    config.time().nanoTime());
        } catch (IOException e) {
            throw Failures.of("consume " + name, e);
        }
    }

    /** {@return false if it has to be tried again after a pause} */
    private boolean adjust() {
        if (closing.get()) {
            return true;
        }
        Connection connection = link.present();
        if (connection == null) {
            if (room.messages() > 0) {
                // Tells the watchers in the end, this one too.
                var unused = link.connection();
            }
            return true;
        }
        try {
            intake.adjust(connection, room);
            if (closing.get()) {
                // Closing did not wait for this, and what was begun here nobody else would end.
                intake.close(closeMillis);
                return true;
            }
        } catch (IOException | RuntimeException e) {
            QueueException why = Failures.of("consume " + name, e);
            LOG.debug("{}: consuming failed, trying again", name, why);
            state(why.code().retryable() ? State.RECONNECTING : State.BLOCKED, why);
            return false;
        }
        if (room.messages() > 0) {
            state(State.WORKING, null);
        }
        return true;
    }

    private void state(State state, @Nullable QueueException why) {
        states.change(state, () -> {
            if (!closing.get()) {
                tell(() -> listener.state(state, why));
            }
        });
    }

    private void execute(Runnable task) {
        Timers.blocking(config, task);
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}

package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes on a channel of its own, confirmed and mandatory, in the order it is given messages (rules SND-1 to SND-4). The
 * channel is opened by the first message, and again when it broke. While the connection is away everything is refused at once;
 * while the server has an alarm messages wait here, for at most the confirm time-out (rule SND-6). Safe for use by any thread.
 */
final class Publisher implements Link.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    /** More than core lets be in flight; when it is reached, the server has stopped to confirm. */
    private static final int MOST_UNCONFIRMED = 1 << 16;

    private final String what;
    private final Link link;
    private final BrokerConfig config;
    private final Duration confirmTimeout;
    private final Queue<Outbound> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final ScheduledFuture<?> overdue;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile @Nullable Open open;
    private volatile boolean closing;
    /** Of the serial thread. */
    private boolean opening;

    /** A channel and what is unconfirmed on it. The set of exchanges known to exist belongs to the serial thread. */
    private record Open(Channel channel, Unconfirmed unconfirmed, Set<String> exchanges) {}

    /** @param what for failures and logs, such as "send to orders" */
    Publisher(String what, Link link, BrokerConfig config, Settings settings) {
        this.what = what;
        this.link = link;
        this.config = config;
        this.confirmTimeout = settings.confirmTimeout();
        long period = Math.max(1, confirmTimeout.toMillis() / 8);
        this.overdue =
                config.scheduler().scheduleWithFixedDelay(this::endOverdue, period, period, TimeUnit.MILLISECONDS);
        link.watch(this);
    }

    /** Publishes, unless it is closed: then each is rejected. */
    void publish(List<? extends Outbound> messages) {
        if (closing) {
            messages.forEach(message -> message.rejected(closedFailure()));
            return;
        }
        waiting.addAll(messages);
        schedule();
    }

    @Override
    public void up() {
        schedule();
    }

    @Override
    public void down(QueueException why) {
        schedule();
    }

    private void schedule() {
        if (!waiting.isEmpty()
                && scheduled.compareAndSet(false, true)
                && !link.serial().execute(this::drain)) {
            refuseWaiting(closedFailure());
        }
    }

    /** On the serial thread. */
    private void drain() {
        scheduled.set(false);
        if (closed.isDone()) {
            refuseWaiting(closedFailure());
            return;
        }
        if (waiting.isEmpty() || opening) {
            return;
        }
        Open current = open;
        if (current == null) {
            open();
            return;
        }
        try {
            publishWaiting(current);
        } catch (IOException | RuntimeException e) {
            // What was given to the channel gets its result when that is shut down, which it is by now or soon.
            LOG.debug("{}: publishing failed: {}", what, e.getMessage());
            fail(current, Failures.of(what, e));
        }
    }

    private void publishWaiting(Open current) throws IOException {
        Flushes flushes = Flushes.ofThread();
        try {
            while (link.blocked() == null && current.unconfirmed().span() < MOST_UNCONFIRMED) {
                Outbound next = waiting.poll();
                if (next == null) {
                    return;
                }
                publish(current, next, flushes);
            }
        } finally {
            flushes.flush();
        }
    }

    private void publish(Open current, Outbound message, Flushes flushes) throws IOException {
        int frameMax = current.channel().getConnection().getFrameMax();
        if (!message.fits(frameMax)) {
            tell(message, large -> large.rejected(tooLarge(frameMax)));
            return;
        }
        String exchange = message.route().exchange();
        if (!exchange.isEmpty() && !current.exchanges().contains(exchange)) {
            if (!exists(current.channel().getConnection(), exchange, message)) {
                return;
            }
            current.exchanges().add(exchange);
        }
        current.unconfirmed().add(message);
        flushes.putOff(() -> current.channel()
                .basicPublish(exchange, message.route().routingKey(), true, message.properties(), message.body()));
    }

    /** A missing exchange would close the channel, and make everything on it uncertain. */
    private boolean exists(Connection connection, String exchange, Outbound message) {
        Channel probe = null;
        try {
            probe = Channels.open(connection);
            probe.exchangeDeclarePassive(exchange);
            return true;
        } catch (IOException | RuntimeException e) {
            QueueException why = Failures.of(what, e);
            tell(message, refused -> refused.rejected(why));
            return false;
        } finally {
            if (probe != null) {
                Channels.close(probe);
            }
        }
    }

    private void open() {
        opening = true;
        link.connection().whenComplete((connection, failure) -> {
            if (failure != null) {
                opened(() -> refuseWaiting(Failures.of(what, failure)));
                return;
            }
            try {
                config.executor().execute(() -> open(connection));
            } catch (RejectedExecutionException e) {
                opened(() -> refuseWaiting(closedFailure()));
            }
        });
    }

    private void open(Connection connection) {
        try {
            Channel channel = Channels.open(connection);
            channel.confirmSelect();
            Open current = new Open(channel, new Unconfirmed(), new HashSet<>());
            channel.addReturnListener(current.unconfirmed()::returned);
            channel.addConfirmListener(
                    (number, multiple) -> confirmed(current, number, multiple, Publisher::confirmed),
                    (number, multiple) -> confirmed(current, number, multiple, this::refused));
            open = current;
            // Called at once if it is shut down already.
            channel.addShutdownListener(cause -> shutdown(current, cause));
            opened(() -> {});
        } catch (IOException | RuntimeException e) {
            opened(() -> refuseWaiting(Failures.of(what, e)));
        }
    }

    private void opened(Runnable first) {
        boolean accepted = link.serial().execute(() -> {
            opening = false;
            first.run();
            schedule();
            if (closing) {
                endIfIdle();
            }
        });
        if (!accepted) {
            refuseWaiting(closedFailure());
        }
    }

    private void confirmed(Open current, long number, boolean multiple, Consumer<Outbound> result) {
        for (Outbound message : current.unconfirmed().take(number, multiple)) {
            tell(message, result);
        }
        schedule();
        if (closing) {
            closeIfIdle();
        }
    }

    private static void confirmed(Outbound message) {
        message.confirmed(!message.isReturned());
    }

    private void refused(Outbound message) {
        QueueException why = new QueueException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "RabbitMQ cannot " + what + ": the server refused the message, as a queue is full or fails");
        if (message.route().exchange().isEmpty()) {
            message.rejected(why);
        } else {
            // Another queue of the exchange may have taken it.
            message.unknown(why);
        }
    }

    /** Does not close the channel: a thread that hangs in a write to it has its lock. */
    private void shutdown(Open current, @Nullable ShutdownSignalException cause) {
        ended(current, Failures.ofShutdown(what, cause));
    }

    private void fail(Open current, QueueException why) {
        if (current.channel().isOpen()) {
            // It may have counted a message that was never written.
            Channels.abort(current.channel());
        }
        ended(current, why);
    }

    private void ended(Open current, QueueException why) {
        forget(current);
        QueueException unknown = why.code().retryable() ? why : uncertain(why);
        for (Outbound message : current.unconfirmed().takeAll()) {
            tell(message, lost -> lost.unknown(unknown));
        }
        schedule();
        if (closing) {
            closeIfIdle();
        }
    }

    @SuppressWarnings("ReferenceEquality") // this one, and not one that is like it
    private void forget(Open closed) {
        if (open == closed) {
            open = null;
        }
    }

    /** Whatever closed the channel says nothing certain of the messages on it. */
    private QueueException uncertain(QueueException why) {
        return new QueueException(
                ErrorCode.UNAVAILABLE, "the channel closed before RabbitMQ confirmed to " + what, why);
    }

    /** A result that throws, which it must not, must not cost others theirs. */
    private void tell(Outbound message, Consumer<Outbound> result) {
        try {
            result.accept(message);
        } catch (Throwable e) {
            LOG.error("A callback given to RabbitMQ's adapter failed, which it must not ({})", what, e);
        }
    }

    private void refuseWaiting(QueueException why) {
        Outbound next = waiting.poll();
        while (next != null) {
            tell(next, message -> message.rejected(why));
            next = waiting.poll();
        }
    }

    private void endOverdue(Open current, long before) {
        QueueException why = new QueueException(
                ErrorCode.TIMEOUT, "RabbitMQ did not confirm within " + confirmTimeout + " to " + what);
        Outbound late = current.unconfirmed().takeOlderThan(before);
        while (late != null) {
            tell(late, message -> message.unknown(why));
            late = current.unconfirmed().takeOlderThan(before);
        }
    }

    /** What came later has time left. The thread that publishes may take each first. */
    private void refuseOverdue(long before) {
        Outbound stuck = waiting.peek();
        while (stuck != null && stuck.sinceNanos() - before < 0) {
            if (waiting.remove(stuck)) {
                String reason = link.blocked();
                QueueException why = new QueueException(
                        ErrorCode.UNAVAILABLE,
                        "RabbitMQ cannot " + what + ": the server accepts no messages"
                                + (reason == null ? "" : ": " + reason));
                tell(stuck, message -> message.rejected(why));
            }
            stuck = waiting.peek();
        }
    }

    private void endOverdue() {
        long before = config.time().nanoTime() - confirmTimeout.toNanos();
        Open current = open;
        if (current != null) {
            endOverdue(current, before);
        }
        refuseOverdue(before);
        if (closing) {
            closeIfIdle();
        }
    }

    /**
     * Lets what was accepted get its result; what has none at the limit is unknown.
     *
     * @return completes when everything has its result
     */
    synchronized CompletionStage<Void> close(Duration limit) {
        if (!closing) {
            closing = true;
            Runnable timer = Timers.after(config, limit, this::giveUp);
            var unused = closed.whenComplete((done, failure) -> timer.run());
            closeIfIdle();
        }
        return closed;
    }

    /** {@return completes when it is closed} */
    CompletionStage<Void> closed() {
        return closed;
    }

    /** Looked at by the thread that publishes: between two of its steps a message is in neither place. */
    private void closeIfIdle() {
        if (!closed.isDone() && !link.serial().execute(this::endIfIdle)) {
            giveUp();
        }
    }

    private void endIfIdle() {
        Open current = open;
        if (waiting.isEmpty()
                && !opening
                && (current == null || current.unconfirmed().isEmpty())) {
            end(current);
        }
    }

    private void giveUp() {
        refuseWaiting(closedFailure());
        Open current = open;
        if (current != null) {
            QueueException why = new QueueException(ErrorCode.CLOSED, "closed before RabbitMQ confirmed to " + what);
            current.unconfirmed().takeAll().forEach(message -> tell(message, left -> left.unknown(why)));
        }
        end(current);
    }

    private void end(@Nullable Open current) {
        if (!closed.complete(null)) {
            return;
        }
        overdue.cancel(false);
        link.unwatch(this);
        if (current != null) {
            link.serial().execute(() -> Channels.close(current.channel()));
        }
    }

    private QueueException tooLarge(int frameMax) {
        return new QueueException(
                ErrorCode.TOO_LARGE,
                "cannot " + what + ": with what is added to the headers they do not fit into a frame of " + frameMax
                        + " bytes (the server's frame_max)");
    }

    private QueueException closedFailure() {
        return new QueueException(ErrorCode.CLOSED, "closed: cannot " + what);
    }
}

package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One connection, opened by its first use and from then on kept up: when it breaks it is opened again, after pauses that grow
 * (rules LIF-3, ERR-2). The client library's own recovery is off, as it recovers no channels. Safe for use by any thread; nothing
 * blocks but what runs on the client's executor. Watchers are called by any thread, under no lock.
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    /** A connection that breaks sooner counts as one that could not be opened: something drops each of them. */
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String role;
    private final Connector connector;
    private final BrokerConfig config;
    private final Serial serial;
    private final Pauses pauses = new Pauses();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private @Nullable Connection connection;
    private @Nullable CompletableFuture<Connection> attempt;
    private @Nullable QueueException failure;
    private long openedNanos;
    private boolean pausing;
    private boolean closed;
    private volatile @Nullable String blocked;

    /** Hears of the connection. */
    interface Watcher {
        /** It is up (again). */
        void up();

        /** It broke, or could not be opened. */
        void down(QueueException why);
    }

    /** What is done with a channel that is thrown away afterwards. */
    interface ChannelTask<T> {
        T run(Channel channel) throws Exception;
    }

    /** The same without a result. */
    interface ChannelAction {
        void run(Channel channel) throws Exception;
    }

    Link(String role, Connector connector, BrokerConfig config) {
        this.role = role;
        this.connector = connector;
        this.config = config;
        this.serial = new Serial("anyqueue-rabbitmq-" + role);
    }

    /** {@return what writes to this connection, one task after the other} */
    Serial serial() {
        return serial;
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    /**
     * Gives the connection, opening it if it never was. While it is broken this fails at once, and the connection comes back by
     * itself.
     *
     * @return fails with UNAVAILABLE, UNAUTHENTICATED, FORBIDDEN, CLOSED
     */
    synchronized CompletionStage<Connection> connection() {
        if (closed) {
            return CompletableFuture.failedFuture(closedFailure());
        }
        if (connection != null) {
            return CompletableFuture.completedFuture(connection);
        }
        if (pausing && failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        return attempt == null ? open() : attempt;
    }

    /** {@return the connection if it is up} */
    synchronized @Nullable Connection present() {
        return connection;
    }

    /** {@return why it is not up, if it was tried} */
    synchronized @Nullable QueueException failure() {
        return connection == null ? failure : null;
    }

    /** {@return the server's reason if it accepts no messages for now (rule LIF-4)} */
    @Nullable
    String blocked() {
        return blocked;
    }

    /**
     * Does something that waits for the server, on the client's executor and with a channel of its own: a refusal closes its
     * channel, and must not close another's.
     *
     * @param what for the failure
     * @param task may block
     * @return the result; fails with the explained failure
     */
    <T> CompletionStage<T> ask(String what, ChannelTask<T> task) {
        return connection().thenCompose(up -> {
            CompletableFuture<T> answer = new CompletableFuture<>();
            try {
                config.executor().execute(() -> ask(up, what, task, answer));
            } catch (RejectedExecutionException e) {
                answer.completeExceptionally(closedFailure());
            }
            return answer;
        });
    }

    /** The same for what has no result. */
    CompletionStage<Void> tell(String what, ChannelAction action) {
        return ask(what, channel -> {
                    action.run(channel);
                    return true;
                })
                .thenAccept(done -> {});
    }

    private static <T> void ask(Connection up, String what, ChannelTask<T> task, CompletableFuture<T> answer) {
        T result;
        Channel channel = null;
        try {
            channel = Channels.open(up);
            result = task.run(channel);
        } catch (Throwable e) {
            answer.completeExceptionally(Failures.of(what, e));
            return;
        } finally {
            if (channel != null) {
                Channels.close(channel);
            }
        }
        answer.complete(result);
    }

    private CompletableFuture<Connection> open() {
        CompletableFuture<Connection> opening = new CompletableFuture<>();
        attempt = opening;
        try {
            config.executor().execute(() -> open(opening));
        } catch (RejectedExecutionException e) {
            attempt = null;
            opening.completeExceptionally(closedFailure());
        }
        return opening;
    }

    private void open(CompletableFuture<Connection> opening) {
        Connection opened;
        try {
            opened = connector.open("anyqueue " + role);
        } catch (Throwable e) {
            failed(opening, Failures.of("connect", e));
            return;
        }
        opened.addBlockedListener(new Alarm());
        synchronized (this) {
            attempt = null;
            if (!closed) {
                connection = opened;
                failure = null;
                blocked = null;
                openedNanos = config.time().nanoTime();
            }
        }
        if (present() != opened) {
            Channels.abort(opened);
            opening.completeExceptionally(closedFailure());
            return;
        }
        // Called at once if it broke meanwhile, so that no break is missed.
        opened.addShutdownListener(cause -> broke(opened, cause));
        opening.complete(opened);
        watchers.forEach(Watcher::up);
    }

    private void failed(CompletableFuture<Connection> opening, QueueException why) {
        synchronized (this) {
            attempt = null;
            failure = why;
            retryLater(why.code());
        }
        LOG.atLevel(pauses.isLong() ? Level.WARN : Level.INFO)
                .log(
                        "The connection to {} for {} cannot be opened, trying again: {}",
                        config.url(),
                        role,
                        why.getMessage());
        opening.completeExceptionally(why);
        watchers.forEach(watcher -> watcher.down(why));
    }

    private void broke(Connection broken, @Nullable ShutdownSignalException cause) {
        QueueException why = Failures.ofShutdown("stay connected", cause);
        synchronized (this) {
            if (connection != broken) {
                return;
            }
            connection = null;
            blocked = null;
            failure = why;
            if (config.time().nanoTime() - openedNanos > STABLE_NANOS) {
                pauses.reset();
            }
            retryLater(why.code());
        }
        if (!isClosed()) {
            LOG.warn("The connection to {} for {} broke, opening it again: {}", config.url(), role, why.getMessage());
        }
        watchers.forEach(watcher -> watcher.down(why));
    }

    /** Called under the lock. */
    private void retryLater(ErrorCode code) {
        if (closed) {
            return;
        }
        pausing = true;
        try {
            long pause = code == ErrorCode.UNAUTHENTICATED ? pauses.afterRefusalMillis() : pauses.nextMillis();
            var unused = config.scheduler().schedule(this::retry, pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The client is closing, the connection for {} is not opened again", role);
        }
    }

    private void retry() {
        synchronized (this) {
            pausing = false;
            if (closed || connection != null || attempt != null) {
                return;
            }
            var unused = open();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private QueueException closedFailure() {
        return new QueueException(ErrorCode.CLOSED, "the client of " + config.url() + " is closed");
    }

    /** Closes it for good; may block for the server's answer, for at most the limit. */
    void close(int limitMillis) {
        Connection open;
        synchronized (this) {
            closed = true;
            open = connection;
            connection = null;
        }
        serial.close();
        if (open != null) {
            Channels.close(open, limitMillis);
        }
    }

    /** The server's alarms about memory and disk: publishers have to wait (rule BKP-1). */
    private final class Alarm implements BlockedListener {
        @Override
        public void handleBlocked(String reason) {
            LOG.warn("{} accepts no messages: {}", config.url(), reason);
            blocked = reason;
        }

        @Override
        public void handleUnblocked() {
            LOG.info("{} accepts messages again", config.url());
            blocked = null;
            watchers.forEach(Watcher::up);
        }
    }
}

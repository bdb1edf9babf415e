package io.anyqueue.core.send;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.config.SendSettings;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.core.threads.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Decides whether a message without a confirmation is sent again, and does so later with the same id (rule SND-2): after
 * 100 ms, doubling up to 5 s, within 30 s of the first failure; against a full broker as long as for a full gate. Called by
 * whatever thread brings a result, and by the scheduler.
 */
final class Resender {
    static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5_000;

    private final SendSettings settings;
    private final Threads threads;
    private final Consumer<PendingMessage> again;
    private final Set<PendingMessage> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Resender(SendSettings settings, Threads threads, Consumer<PendingMessage> again) {
        this.settings = settings;
        this.threads = threads;
        this.again = again;
    }

    /** {@return whether the message will be sent again; if not it has failed for good} */
    boolean resend(PendingMessage message, QueueException why) {
        long delay = backoffMillis(message.resends);
        long now = threads.time().nanoTime();
        if (message.resends == 0) {
            message.firstFailureNanos = now;
        }
        long elapsed = now - message.firstFailureNanos;
        boolean inTime = elapsed + TimeUnit.MILLISECONDS.toNanos(delay) <= Nanos.of(limit(why));
        if (closed || !inTime) {
            return false;
        }
        message.resends++;
        message.handOverAgain();
        waiting.add(message);
        if (closed) {
            // Close may have looked before this was added: whoever takes it out has it.
            return !waiting.remove(message);
        }
        return threads.later(() -> fire(message), TimeUnit.MILLISECONDS.toNanos(delay)) || !waiting.remove(message);
    }

    /** Whoever takes the message out of the set has it: the timer, or close. */
    private void fire(PendingMessage message) {
        if (waiting.remove(message)) {
            again.accept(message);
        }
    }

    /** Gives up on what waits to be sent again. */
    void close(Consumer<PendingMessage> giveUp) {
        closed = true;
        for (PendingMessage message : List.copyOf(waiting)) {
            if (waiting.remove(message)) {
                giveUp.accept(message);
            }
        }
    }

    private Duration limit(QueueException why) {
        if (why.code() != ErrorCode.RESOURCE_EXHAUSTED) {
            return LIMIT;
        }
        return settings.failWhenFull() ? Duration.ZERO : settings.maxWait();
    }

    private long backoffMillis(int resends) {
        long nominal = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(resends, 10));
        return nominal / 2 + threads.random().nextLong(nominal / 2 + 1);
    }
}

package io.anyqueue.core.send;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.config.SendSettings;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.core.threads.Threads;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Bounds what a client has in flight, in messages and bytes (rule SND-6). Called by sending threads and, to give room back,
 * by whatever thread brings a result.
 *
 * <p>Both counts are in one long, so that a send that finds room costs one compare-and-set.
 */
public final class SendGate {
    private static final int BYTES_BITS = 40;
    private static final long ONE_MESSAGE = 1L << BYTES_BITS;
    private static final long BYTES_MASK = ONE_MESSAGE - 1;

    private final SendSettings settings;
    private final Threads threads;
    private final AtomicLong used = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    /** Complete as soon as something has left since it was put here. */
    private final AtomicReference<CompletableFuture<Void>> left = new AtomicReference<>(new CompletableFuture<>());

    /** A gate that nothing has passed. */
    public SendGate(SendSettings settings, Threads threads) {
        this.settings = settings;
        this.threads = threads;
    }

    /** {@return whether there was room at once} A message that alone is too large for the gate passes when it is empty. */
    boolean tryEnter(int bytes) {
        while (true) {
            long now = used.get();
            boolean fits = (now >>> BYTES_BITS) < settings.messages() && (now & BYTES_MASK) + bytes <= settings.bytes();
            if (!fits && now != 0) {
                return false;
            }
            if (used.compareAndSet(now, now + ONE_MESSAGE + bytes)) {
                return true;
            }
        }
    }

    /** Waits for room, or fails as the settings say. */
    void enter(int bytes, String destination) {
        if (settings.failWhenFull()) {
            throw full(destination, "anyqueue.send.when-full=fail");
        }
        try {
            if (!await(() -> tryEnter(bytes), settings.maxWait())) {
                throw full(destination, "no room within " + settings.maxWait());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueException(
                    ErrorCode.INTERRUPTED, "interrupted while waiting for room to send to " + destination, e);
        }
    }

    void leave(int bytes) {
        used.addAndGet(-(ONE_MESSAGE + bytes));
        if (waiting.get() > 0) {
            left.getAndSet(new CompletableFuture<>()).complete(null);
        }
    }

    /** {@return whether everything that passed has a result, at the latest after the limit} */
    public boolean awaitEmpty(Duration limit) {
        try {
            return await(() -> used.get() == 0, limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return used.get() == 0;
        }
    }

    /** The signal is taken before the condition is looked at: whatever leaves in between completes it. */
    private boolean await(BooleanSupplier condition, Duration limit) throws InterruptedException {
        long deadline = threads.time().nanoTime() + Nanos.of(limit);
        waiting.incrementAndGet();
        try {
            CompletableFuture<Void> signal = Objects.requireNonNull(left.get());
            while (!condition.getAsBoolean()) {
                threads.await(
                        signal,
                        Duration.ofNanos(Math.max(0, deadline - threads.time().nanoTime())));
                signal = Objects.requireNonNull(left.get());
            }
            return true;
        } catch (TimeoutException e) {
            return condition.getAsBoolean();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody can fail this future", e);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private QueueException full(String destination, String why) {
        long now = used.get();
        return new QueueException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "cannot send to " + destination + ": " + (now >>> BYTES_BITS) + " messages with " + (now & BYTES_MASK)
                        + " bytes are in flight, the limits are anyqueue.send.messages=" + settings.messages()
                        + " and anyqueue.send.bytes=" + settings.bytes() + "; " + why);
    }
}

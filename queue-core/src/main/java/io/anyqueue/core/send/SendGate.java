package io.anyqueue.core.send;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.config.SendSettings;
import io.anyqueue.core.threads.Nanos;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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
    private final AtomicLong used = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    /** A gate that nothing has passed. */
    public SendGate(SendSettings settings) {
        this.settings = settings;
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
        waiting.incrementAndGet();
        lock.lock();
        try {
            awaitRoom(bytes, destination);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueException(
                    ErrorCode.INTERRUPTED, "interrupted while waiting for room to send to " + destination, e);
        } finally {
            lock.unlock();
            waiting.decrementAndGet();
        }
    }

    private void awaitRoom(int bytes, String destination) throws InterruptedException {
        long left = Nanos.of(settings.maxWait());
        while (!tryEnter(bytes)) {
            if (left <= 0) {
                throw full(destination, "no room within " + settings.maxWait());
            }
            left = room.awaitNanos(left);
        }
    }

    void leave(int bytes) {
        used.addAndGet(-(ONE_MESSAGE + bytes));
        if (waiting.get() > 0) {
            lock.lock();
            try {
                room.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** {@return whether everything that passed has a result, at the latest after the limit} */
    public boolean awaitEmpty(Duration limit) {
        waiting.incrementAndGet();
        lock.lock();
        try {
            long left = Nanos.of(limit);
            while (used.get() != 0 && left > 0) {
                left = room.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
            waiting.decrementAndGet();
        }
        return used.get() == 0;
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

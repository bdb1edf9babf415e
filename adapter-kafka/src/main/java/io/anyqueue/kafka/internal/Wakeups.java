package io.anyqueue.kafka.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the waiting of a polling thread, and hits nothing but that as far as possible: a wake-up that comes a little late makes the consumer's
 * next call fail. Any thread wakes; the polling thread does the rest.
 */
final class Wakeups {
    private static final Logger LOG = LoggerFactory.getLogger(Wakeups.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woke = lock.newCondition();
    private @Nullable Consumer<?, ?> polling;
    private boolean woken;

    void wake() {
        lock.lock();
        try {
            woken = true;
            woke.signalAll();
            if (polling != null) {
                polling.wakeup();
            }
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether somebody has woken it already} */
    boolean polls(Consumer<?, ?> consumer) {
        lock.lock();
        try {
            polling = consumer;
            return woken;
        } finally {
            lock.unlock();
        }
    }

    void polled() {
        lock.lock();
        try {
            polling = null;
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits without polling. */
    void sleep(long millis) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while (!woken && nanos > 0) {
                nanos = woke.awaitNanos(nanos);
            }
            woken = false;
        } catch (InterruptedException e) {
            LOG.debug("nobody interrupts this thread", e);
        } finally {
            lock.unlock();
        }
    }
}

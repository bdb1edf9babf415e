package io.anyqueue.core.client;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the process to be asked to end. The JVM ends when its shutdown hooks have, so the hook waits until the client is
 * stopped.
 */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    /** What stopping may take beyond the grace period: interrupts, flushing and closing. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final CountDownLatch asked = new CountDownLatch(1);

    /** Lets {@link #await} return. */
    void ask() {
        asked.countDown();
    }

    /** Blocks until the process is asked to end or {@link #ask} is called, then stops. */
    void await(Duration grace, Runnable stop) {
        CountDownLatch stopped = new CountDownLatch(1);
        Thread hook = new Thread(() -> endOfProcess(stopped, grace), "anyqueue-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        boolean interrupted = awaitAsked();
        try {
            stop.run();
        } finally {
            stopped.countDown();
            remove(hook);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new QueueException(ErrorCode.INTERRUPTED, "interrupted while running; the client is stopped");
        }
    }

    /** {@return whether the thread was interrupted: stopping needs a thread without that, to keep to the grace period} */
    private boolean awaitAsked() {
        try {
            asked.await();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    private void endOfProcess(CountDownLatch stopped, Duration grace) {
        ask();
        try {
            if (!stopped.await(grace.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the client did not stop within {} and is left behind", grace.plus(MARGIN));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("the process is ending, the hook stays");
        }
    }
}

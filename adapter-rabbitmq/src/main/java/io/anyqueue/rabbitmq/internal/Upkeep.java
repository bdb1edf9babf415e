package io.anyqueue.rabbitmq.internal;

import io.anyqueue.spi.BrokerConfig;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task that brings the server's side in line with what is wanted, on the client's executor as it may block: once at a time,
 * once more if it was asked for meanwhile, and after a failure again when a pause is over. Safe for use by any thread.
 */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final BrokerConfig config;
    private final Task task;
    private final Pauses pauses = new Pauses();
    private boolean running;
    private boolean again;
    private boolean stopped;
    private @Nullable ScheduledFuture<?> pause;

    /** What is run; a failure has been reported when it returns. */
    interface Task {
        /** {@return whether all is as wanted} */
        boolean run();
    }

    Upkeep(BrokerConfig config, Task task) {
        this.config = config;
        this.task = task;
    }

    /** Has it run soon; in a pause not before that is over. */
    void request() {
        synchronized (this) {
            if (running) {
                again = true;
                return;
            }
            if (stopped || pause != null) {
                return;
            }
            running = true;
        }
        start();
    }

    /** Has it run now: what made it fail is over. */
    void requestNow() {
        synchronized (this) {
            if (pause != null) {
                pause.cancel(false);
                pause = null;
            }
        }
        request();
    }

    private void start() {
        try {
            config.executor().execute(this::run);
        } catch (RejectedExecutionException e) {
            synchronized (this) {
                running = false;
            }
        }
    }

    private void run() {
        boolean done = false;
        try {
            done = task.run();
        } catch (Throwable e) {
            LOG.error("An upkeep failed, trying again", e);
        }
        synchronized (this) {
            if (done) {
                pauses.reset();
            }
            if (stopped) {
                running = false;
                notifyAll();
                return;
            }
            if (!done) {
                running = false;
                again = false;
                pauseThenRun();
                return;
            }
            if (!again) {
                running = false;
                return;
            }
            again = false;
        }
        start();
    }

    /** Called under the lock. */
    private void pauseThenRun() {
        try {
            pause = config.scheduler().schedule(this::resume, pauses.nextMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The client is closing: nothing is kept up any more");
        }
    }

    private void resume() {
        synchronized (this) {
            pause = null;
        }
        request();
    }

    /** Runs no more. Waits for a run that goes on, for at most the limit; not to be called by the task. */
    synchronized void stop(long limitMillis) {
        stopped = true;
        if (pause != null) {
            pause.cancel(false);
            pause = null;
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        long left = limitMillis;
        while (running && left > 0) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        }
    }
}

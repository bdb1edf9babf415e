package io.anyqueue.inmemory.internal;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The one timer of a client: it rings at the earliest time at which something may be due. Safe for use by any thread. */
final class Alarm {
    private final ScheduledExecutorService scheduler;
    private final StateClock clock;
    private final Runnable ring;

    private volatile long setFor = Long.MAX_VALUE;
    private @Nullable ScheduledFuture<?> timer;
    private boolean closed;

    Alarm(ScheduledExecutorService scheduler, StateClock clock, Runnable ring) {
        this.scheduler = scheduler;
        this.clock = clock;
        this.ring = ring;
    }

    /** Rings at that time too; nothing is done if it rings before that anyway. */
    void set(long due) {
        if (due < setFor) {
            schedule(due);
        }
    }

    private synchronized void schedule(long due) {
        if (closed || due >= setFor) {
            return;
        }
        cancel();
        try {
            timer = scheduler.schedule(() -> rings(due), Math.max(1, due - clock.now()), TimeUnit.NANOSECONDS);
            setFor = due;
        } catch (RejectedExecutionException e) {
            // The client has shut its scheduler down: it is as good as closed.
            closed = true;
        }
    }

    private void rings(long due) {
        synchronized (this) {
            if (due == setFor) {
                setFor = Long.MAX_VALUE;
                timer = null;
            }
        }
        ring.run();
    }

    synchronized void close() {
        closed = true;
        cancel();
    }

    private void cancel() {
        ScheduledFuture<?> current = timer;
        if (current != null) {
            current.cancel(false);
        }
        timer = null;
        setFor = Long.MAX_VALUE;
    }
}

package io.anyqueue.core.send;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes users' futures on the executor: their callbacks must not run on the adapter's threads, on the scheduler's, or on
 * that of another sender. A task completes one after the other, as a task for each costs more than the message; but a callback
 * may wait for the future of another send, so while one runs there is another task for those behind it. Called by whatever
 * thread brings a result.
 */
final class Completions {
    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final Executor executor;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    /** Tasks that are in no callback. Whoever raises it from 0 starts one. */
    private final AtomicInteger free = new AtomicInteger();
    /** When the last task was started that has not begun; 0 if it has. */
    private final AtomicLong startedNanos = new AtomicLong();

    Completions(Executor executor) {
        this.executor = executor;
    }

    void add(Runnable completion) {
        waiting.add(completion);
        if ((isStartWanted() || isStartOverdue()) && !start()) {
            // The client is closed: better on this thread than never.
            serve();
        }
    }

    /** Runs what no task of the executor has run. */
    void completeRest() {
        free.incrementAndGet();
        serve();
    }

    /** {@return whether the executor seems to have dropped a task, which it does silently when it is shut down at once} */
    private boolean isStartOverdue() {
        long started = startedNanos.get();
        if (started == 0) {
            return false;
        }
        long now = now();
        boolean overdue = now - started > PATIENCE_NANOS && startedNanos.compareAndSet(started, now);
        if (overdue) {
            free.incrementAndGet();
        }
        return overdue;
    }

    /** {@return the time, never 0} */
    private static long now() {
        return System.nanoTime() | 1;
    }

    /** {@return whether the caller has to start a task, which counts as free from now on} */
    private boolean isStartWanted() {
        return free.get() == 0 && free.compareAndSet(0, 1);
    }

    private boolean start() {
        startedNanos.set(now());
        try {
            executor.execute(this::serve);
            return true;
        } catch (Throwable e) {
            LOG.debug("the executor refuses to complete sends", e);
            return false;
        }
    }

    private void serve() {
        startedNanos.set(0);
        do {
            Runnable next = waiting.poll();
            while (next != null) {
                free.decrementAndGet();
                if (!waiting.isEmpty() && isStartWanted() && !start()) {
                    free.decrementAndGet();
                }
                run(next);
                free.incrementAndGet();
                next = waiting.poll();
            }
            free.decrementAndGet();
            // Whoever added since found this task free, and started none.
        } while (!waiting.isEmpty() && isStartWanted());
    }

    /** Nothing may end the service of the others. */
    private static void run(Runnable completion) {
        try {
            completion.run();
        } catch (Throwable e) {
            LOG.error("completing a send failed", e);
        }
    }
}

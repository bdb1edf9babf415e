package io.anyqueue.core.send;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
    /** The last that was started. Those before it had begun by then, or were given up. */
    private volatile @Nullable Task started;

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

    /**
     * {@return whether the executor seems to have dropped a task, which it does silently when it is shut down at once} The caller has
     * to start another, which counts in its place; should it begin after all, it does nothing.
     */
    private boolean isStartOverdue() {
        Task last = started;
        return last != null && last.isOverdue() && last.take();
    }

    /** {@return whether the caller has to start a task, which counts as free from now on} */
    private boolean isStartWanted() {
        return free.get() == 0 && free.compareAndSet(0, 1);
    }

    private boolean start() {
        Task task = new Task();
        started = task;
        try {
            executor.execute(task);
            return true;
        } catch (Throwable e) {
            task.take();
            LOG.debug("the executor refuses to complete sends", e);
            return false;
        }
    }

    private void serve() {
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

    /** Serves once, unless another was started in its place. */
    private final class Task implements Runnable {
        private final long startedNanos = System.nanoTime();
        private final AtomicBoolean taken = new AtomicBoolean();

        /** {@return whether it is the caller's turn to serve for it} */
        boolean take() {
            return taken.compareAndSet(false, true);
        }

        boolean isOverdue() {
            return !taken.get() && System.nanoTime() - startedNanos > PATIENCE_NANOS;
        }

        @Override
        public void run() {
            if (take()) {
                serve();
            }
        }
    }
}

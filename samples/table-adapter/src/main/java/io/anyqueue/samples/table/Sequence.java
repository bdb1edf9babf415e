package io.anyqueue.samples.table;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs tasks one after the other on an executor. Safe for use by any thread. The runtime bounds how many there can be. */
final class Sequence {
    private final Executor executor;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private boolean running;
    private boolean closed;

    Sequence(Executor executor) {
        this.executor = executor;
    }

    /** {@return false if it is closed and the task will not run} */
    boolean add(Runnable task) {
        synchronized (this) {
            if (closed) {
                return false;
            }
            tasks.add(task);
            if (running) {
                return true;
            }
            running = true;
        }
        executor.execute(this::runAll);
        return true;
    }

    private void runAll() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException e) {
                // A callback that throws must not keep the messages behind it from being sent.
                Thread.currentThread().getUncaughtExceptionHandler().uncaughtException(Thread.currentThread(), e);
            }
        }
    }

    private synchronized Runnable next() {
        Runnable task = tasks.poll();
        if (task == null) {
            running = false;
            if (closed) {
                drained.complete(null);
            }
        }
        return task;
    }

    /** Takes no more; completes when what was taken has run, or at the limit. */
    synchronized CompletionStage<Void> close(Duration limit) {
        closed = true;
        if (!running) {
            drained.complete(null);
        }
        return drained.completeOnTimeout(null, limit.toMillis(), TimeUnit.MILLISECONDS);
    }
}

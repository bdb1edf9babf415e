package io.anyqueue.core.send;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Completes users' futures on the executor: their callbacks must not run on the adapter's threads, on the scheduler's, or on
 * that of another sender. Each has a task of its own, as a callback may wait for the future of another send. Called by
 * whatever thread brings a result.
 */
final class Completions {
    private final Executor executor;

    Completions(Executor executor) {
        this.executor = executor;
    }

    void add(Runnable completion) {
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException e) {
            // The client is closed: better on this thread than never.
            completion.run();
        }
    }
}

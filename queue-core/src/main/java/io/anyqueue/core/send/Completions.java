package io.anyqueue.core.send;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Completes users' futures on the executor, many in one task: their callbacks must not run on the adapter's threads, on the
 * scheduler's, or on that of another sender. Called by whatever thread brings a result.
 */
final class Completions {
    private final Executor executor;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    /** How many completions were added and not run yet; whoever raises it from 0 starts a task. */
    private final AtomicInteger added = new AtomicInteger();

    Completions(Executor executor) {
        this.executor = executor;
    }

    void add(Runnable completion) {
        waiting.add(completion);
        if (added.getAndIncrement() == 0) {
            start();
        }
    }

    private void start() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            // The client is closed: better on this thread than never.
            run();
        }
    }

    private void run() {
        int done = 0;
        do {
            int seen = added.get();
            for (; done < seen; done++) {
                Runnable completion = waiting.poll();
                if (completion != null) {
                    completion.run();
                }
            }
            done = 0;
            if (added.addAndGet(-seen) == 0) {
                return;
            }
        } while (true);
    }
}

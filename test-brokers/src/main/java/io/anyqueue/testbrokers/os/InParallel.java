package io.anyqueue.testbrokers.os;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Does several things that have to wait for each other. Safe for use by many threads. */
public final class InParallel {
    private InParallel() {}

    /** Runs each task in a thread of its own, and returns when all have ended; throws what the first one threw. */
    public static void run(List<? extends Runnable> tasks) {
        Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = tasks.stream().map(task -> start(task, failures)).toList();
        threads.forEach(InParallel::join);
        RuntimeException first = failures.poll();
        if (first != null) {
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }

    private static Thread start(Runnable task, Queue<RuntimeException> failures) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                },
                "in-parallel");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}

package io.anyqueue.rabbitmq.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread that writes to one connection, one task after the other: writing may block where the network does, and neither core's
 * threads nor the client's reading thread may wait for that. Tasks are small in number, as each writes all there is. Safe for
 * use by any thread.
 */
final class Serial {
    private final ThreadPoolExecutor thread;

    Serial(String name) {
        this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread created = new Thread(task, name);
            created.setDaemon(true);
            return created;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /** {@return whether it will run; not after closing} */
    boolean execute(Runnable task) {
        try {
            thread.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** {@return completes when all that was given before has run} */
    CompletableFuture<Void> fence() {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        if (!execute(() -> passed.complete(null))) {
            passed.complete(null);
        }
        return passed;
    }

    /** Runs what was given and ends. */
    void close() {
        thread.shutdown();
    }
}

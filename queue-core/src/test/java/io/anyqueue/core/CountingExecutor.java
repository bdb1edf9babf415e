package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs each task on a thread of its own, knows when all have ended, and refuses or drops some where the test asks for it. */
final class CountingExecutor implements Executor {
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger drops = new AtomicInteger();

    @Override
    public void execute(Runnable task) {
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new RejectedExecutionException("full for a moment");
        }
        if (drops.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            return;
        }
        begun.incrementAndGet();
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } finally {
                        ended.incrementAndGet();
                    }
                },
                "test-worker");
        thread.setDaemon(true);
        thread.start();
    }

    int begun() {
        return begun.get();
    }

    int ended() {
        return ended.get();
    }

    void refuse(int tasks) {
        refusals.set(tasks);
    }

    /** As a pool does that is shut down at once. */
    void drop(int tasks) {
        drops.set(tasks);
    }

    int dropsLeft() {
        return drops.get();
    }

    int refusalsLeft() {
        return refusals.get();
    }

    void awaitIdle() {
        eventually(() -> assertThat(ended).hasValue(begun.get()));
    }
}

package io.anyqueue.test;

import io.anyqueue.spi.CooperativeExecutor;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Runs tasks on the thread that waits for them. Used by the loop's thread. */
final class VirtualExecutor implements CooperativeExecutor {
    private final Loop loop;
    private final Random random = new Random(0);

    VirtualExecutor(Loop loop) {
        this.loop = loop;
    }

    void seed(long seed) {
        random.setSeed(seed);
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public boolean runUntil(BooleanSupplier done, Duration limit) {
        return loop.runUntil(done, Loop.nanos(limit));
    }

    @Override
    public RandomGenerator random() {
        return random;
    }
}

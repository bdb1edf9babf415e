package io.anyqueue.spi;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * An executor whose tasks run on the thread that waits for them, as in tests with a virtual clock: a client that was given one
 * does not block its caller, but lets tasks run and time pass. Used by one thread at a time.
 */
public interface CooperativeExecutor extends Executor {
    /**
     * Runs tasks, and lets time pass when there are none, until a condition holds. May be called by a task.
     *
     * @param done the condition; cheap and without effect
     * @param limit how much time may pass at most, by the client's clock; zero or more
     * @return whether the condition holds
     */
    boolean runUntil(BooleanSupplier done, Duration limit);

    /**
     * {@return the random numbers that a client spreads its retries with} A test that gives its own can be repeated exactly. By
     * default those of the JDK.
     */
    default RandomGenerator random() {
        return ThreadLocalRandom.current();
    }
}

package io.anyqueue.test;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.CooperativeExecutor;
import io.anyqueue.spi.TimeSource;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;

/**
 * A clock that is turned by the test, with a scheduler and an executor that run on it: hours pass in milliseconds, and the same
 * test runs in the same order each time. Tasks and timers run on the thread that calls {@link #advance}, {@link #runUntilIdle}
 * or {@link #runUntil}, or that waits inside the library.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
 *         .use(time.clock()).use(time.scheduler()).use(time.executor()));
 * time.advance(Duration.ofHours(72));
 * }</pre>
 *
 * <p>Belongs to one thread, the first that uses it. Any other thread that schedules or runs something gets an
 * {@link IllegalStateException}, and so does the owner from then on; only the clock can be read by any thread. A task that blocks
 * for ever, or waits for another thread, holds the test for ever: nothing else can run meanwhile.
 *
 * <p>It begins at 2026-01-01T00:00:00Z. More than 1,000,000 steps within one second of virtual time are taken for an endless loop
 * and end with an {@link IllegalStateException} that names what is running.
 */
public final class VirtualTime {
    private final Loop loop = new Loop();
    private final VirtualClock clock = new VirtualClock(loop::nanos);
    private final VirtualScheduler scheduler = new VirtualScheduler(loop);
    private final VirtualExecutor executor = new VirtualExecutor(loop);

    /** Creates a time of its own; nothing runs before it is asked to. */
    public VirtualTime() {}

    /** {@return the clock; any thread may read it} */
    public Clock clock() {
        return clock;
    }

    /** {@return the same time, as adapters read it; any thread may read it} */
    public TimeSource timeSource() {
        return TimeSource.of(clock);
    }

    /** {@return the scheduler: a timer rings when the time has passed, before any that is due later} */
    public ScheduledExecutorService scheduler() {
        return scheduler;
    }

    /** {@return the executor: tasks run in the order in which they come, one at a time} */
    public CooperativeExecutor executor() {
        return executor;
    }

    /**
     * Begins anew with the random numbers that clients with {@link #executor()} use to spread retries. Equal seeds give equal
     * runs; without this call the seed is 0.
     *
     * @param seed any number
     */
    public void seed(long seed) {
        executor.seed(seed);
    }

    /**
     * Lets time pass. What is ready runs first, then what becomes due on the way, each at its own time. A task may call this too,
     * as a handler that takes long.
     *
     * @param by how long; zero or more
     * @throws QueueException INVALID_ARGUMENT if it is null, negative or leads beyond the year 2262
     */
    public void advance(Duration by) {
        loop.advance(checked(by, "the time to advance by"));
    }

    /** Runs what is ready, and what that makes ready, without letting time pass: timers that are not due stay as they are. */
    public void runUntilIdle() {
        loop.advance(0);
    }

    /**
     * Runs what is ready, and lets time pass when nothing is, until a condition holds.
     *
     * @param done the condition; cheap and without effect
     * @param limit how much time may pass at most; zero or more
     * @throws AssertionError if the limit passes
     * @throws QueueException INVALID_ARGUMENT if an argument is null, or the limit negative
     */
    public void runUntil(BooleanSupplier done, Duration limit) {
        if (done == null) {
            throw invalid("the condition is null");
        }
        if (!loop.runUntil(done, checked(limit, "the limit"))) {
            throw new AssertionError("the condition does not hold after " + limit + "; " + loop.describe());
        }
    }

    /**
     * Runs what is ready, and lets time pass when nothing is, until a stage is complete.
     *
     * @param stage the stage
     * @param limit how much time may pass at most; zero or more
     * @param <V> the type of the result
     * @return the result
     * @throws AssertionError if the limit passes
     * @throws CompletionException if the stage failed
     * @throws QueueException INVALID_ARGUMENT if an argument is null, or the limit negative
     */
    public <V> V await(CompletionStage<V> stage, Duration limit) {
        if (stage == null) {
            throw invalid("the stage is null");
        }
        CompletableFuture<V> future = stage.toCompletableFuture();
        runUntil(future::isDone, limit);
        return future.join();
    }

    private static long checked(Duration duration, String what) {
        if (duration == null || duration.isNegative()) {
            throw invalid(what + " must be zero or more, is " + duration);
        }
        return Loop.nanos(duration);
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}

package io.anyqueue.conformance.kit;

import io.anyqueue.conformance.TestClock;
import io.anyqueue.spi.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The clock and threads of one case: the real ones, or a clock that is turned. */
final class Resources implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(5);

    private final Optional<TestClock> clock;
    private final ScheduledExecutorService scheduler;
    private final ExecutorService executor;

    Resources(Optional<TestClock> clock) {
        this.clock = clock;
        this.scheduler = clock.map(TestClock::scheduler).orElseGet(Resources::timer);
        this.executor = Executors.newCachedThreadPool(daemon("conformance-worker"));
    }

    private static ScheduledExecutorService timer() {
        return new ScheduledThreadPoolExecutor(1, daemon("conformance-timer"));
    }

    static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    TimeSource time() {
        return clock.map(TestClock::time).orElseGet(TimeSource::system);
    }

    ScheduledExecutorService scheduler() {
        return scheduler;
    }

    Executor executor() {
        return executor;
    }

    /** Polls until the condition holds, turning the clock where there is one to turn. */
    boolean until(Duration limit, BooleanSupplier condition) {
        long deadline = time().nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (time().nanoTime() - deadline >= 0) {
                return condition.getAsBoolean();
            }
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted: the case took too long");
            }
            step();
        }
        return true;
    }

    private void step() {
        if (clock.isPresent()) {
            clock.get().advance(STEP);
            // Real threads may be at work beside the turned clock.
            LockSupport.parkNanos(50_000);
        } else {
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        if (clock.isEmpty()) {
            scheduler.shutdownNow();
        }
        executor.shutdownNow();
    }
}

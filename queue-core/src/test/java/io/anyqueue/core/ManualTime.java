package io.anyqueue.core;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A clock that is turned by hand, and the scheduler that runs on it: timers ring on the thread that turns the clock. Safe for
 * use by any thread, as workers are real threads all the same.
 */
final class ManualTime extends AbstractExecutorService implements ScheduledExecutorService {
    private static final Duration STEP = Duration.ofMillis(100);

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong((Timer t) -> t.due).thenComparingLong(t -> t.sequence));
    private final Clock clock = new ManualClock();
    private long now = 1_700_000_000_000_000_000L;
    private long sequence;

    Clock clock() {
        return clock;
    }

    synchronized Instant now() {
        return Instant.ofEpochSecond(now / 1_000_000_000, now % 1_000_000_000);
    }

    /** Turns the clock in small steps; what becomes due on the way runs at its own time. */
    void advance(Duration by) {
        long until = nanos() + by.toNanos();
        for (Timer timer = next(until); timer != null; timer = next(until)) {
            timer.run();
        }
    }

    private synchronized long nanos() {
        return now;
    }

    private synchronized Timer next(long until) {
        Timer first = timers.peek();
        if (first == null || first.due > until) {
            now = Math.max(now, until);
            return null;
        }
        now = Math.max(now, first.due);
        return timers.remove();
    }

    /** Turns the clock while timers do not ring, as when the process was suspended. */
    synchronized void jump(Duration by) {
        now += by.toNanos();
    }

    /** Lets time pass, as fast as the threads of the test get on, until something is so. */
    void passUntil(Eventually.Assertion assertion) {
        Eventually.eventually(() -> {
            advance(STEP);
            assertion.check();
        });
    }

    @Override
    public synchronized ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Timer timer = new Timer(command, now + unit.toNanos(delay), sequence++);
        timers.add(timer);
        return timer;
    }

    private synchronized void remove(Timer timer) {
        timers.remove(timer);
    }

    private final class ManualClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now();
        }
    }

    private final class Timer extends FutureTask<Object> implements ScheduledFuture<Object> {
        private final long due;
        private final long sequence;

        Timer(Runnable command, long due, long sequence) {
            super(command, null);
            this.due = due;
            this.sequence = sequence;
        }

        @Override
        public boolean cancel(boolean interrupt) {
            remove(this);
            return super.cancel(interrupt);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - nanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable command) {
        command.run();
    }

    @Override
    public void shutdown() {
        // It belongs to the test.
    }

    @Override
    public List<Runnable> shutdownNow() {
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return true;
    }
}

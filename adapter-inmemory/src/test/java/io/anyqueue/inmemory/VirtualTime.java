package io.anyqueue.inmemory;

import io.anyqueue.spi.TimeSource;
import java.time.Duration;
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

/** A clock that is turned by hand, and a scheduler that runs on it: timers ring on the thread that turns the clock. */
final class VirtualTime extends AbstractExecutorService implements TimeSource, ScheduledExecutorService {
    private static final long START = 1_700_000_000_000_000_000L;

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong((Timer t) -> t.due).thenComparingLong(t -> t.sequence));
    private long now;
    private long sequence;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long currentTimeMillis() {
        return (START + now) / 1_000_000;
    }

    /** Runs all that becomes due on the way, each at its own time. */
    void advance(Duration by) {
        long until = now + by.toNanos();
        while (!timers.isEmpty() && timers.element().due <= until) {
            Timer timer = timers.remove();
            now = Math.max(now, timer.due);
            timer.run();
        }
        now = until;
    }

    /** Turns the clock without letting a timer ring, as when the scheduler is late. */
    void advanceWithoutTimers(Duration by) {
        now += by.toNanos();
    }

    int timers() {
        return timers.size();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        Timer timer = new Timer(command, now + unit.toNanos(delay), sequence++);
        timers.add(timer);
        return timer;
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
            timers.remove(this);
            return super.cancel(interrupt);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - now, TimeUnit.NANOSECONDS);
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
        timers.clear();
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
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

package io.anyqueue.samples.programs;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A clock that is turned by hand, with a scheduler and an executor that run on it, on the thread that turns it. */
final class VirtualTime {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparing((Timer timer) -> timer.due).thenComparing(timer -> timer.order));
    private final Queue<Runnable> ready = new ArrayDeque<>();
    private Instant now = START;
    private long order;

    Duration sinceStart() {
        return Duration.between(START, now);
    }

    /** Runs what is ready and what becomes due on the way, each at its own time. */
    void advance(Duration by) {
        Instant until = now.plus(by);
        runReady();
        while (!timers.isEmpty() && !timers.element().due.isAfter(until)) {
            Timer timer = timers.remove();
            now = timer.due.isAfter(now) ? timer.due : now;
            timer.run();
            runReady();
        }
        now = until;
    }

    private void runReady() {
        for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
            task.run();
        }
    }

    Executor executor() {
        return ready::add;
    }

    Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** Only what the runtime uses: tasks that run once, and once more each period. */
    ScheduledExecutorService scheduler() {
        return new ScheduledThreadPoolExecutor(0) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                Timer timer = new Timer(task, now.plus(delay, unit.toChronoUnit()));
                timers.add(timer);
                return timer;
            }

            @Override
            public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
                throw new UnsupportedOperationException();
            }

            @Override
            public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
                throw new UnsupportedOperationException();
            }

            @Override
            public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
                throw new UnsupportedOperationException();
            }
        };
    }

    private final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final Instant due;
        private final long order = VirtualTime.this.order++;

        Timer(Runnable task, Instant due) {
            super(task, null);
            this.due = due;
        }

        @Override
        public boolean cancel(boolean interrupt) {
            timers.remove(this);
            return super.cancel(interrupt);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(now, due));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}

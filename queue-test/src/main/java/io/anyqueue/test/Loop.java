package io.anyqueue.test;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * What is ready and what is due, and the one loop that runs it. Used by one thread; loops may be inside each other, as a task
 * may wait.
 */
final class Loop {
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond() * 1_000_000_000L;
    private static final int DEEPEST = 100;

    private final Queue<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<VirtualTask<?>> timers = new PriorityQueue<>();
    private final Owner owner = new Owner();
    private final StepLimit steps = new StepLimit();
    /** Written by the owner alone, read by any thread. */
    private volatile long now = START;

    private int depth;

    long nanos() {
        return now;
    }

    /** {@return the duration in nanoseconds, cut to what fits} */
    static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    /** {@return that much later than now; never, if that is as good as never} */
    long after(long delay) {
        return delay >= Long.MAX_VALUE - now ? Long.MAX_VALUE : now + Math.max(0, delay);
    }

    void execute(Runnable task) {
        owner.check();
        ready.add(task);
    }

    void add(VirtualTask<?> timer) {
        owner.check();
        timers.add(timer);
    }

    void remove(VirtualTask<?> timer) {
        owner.check();
        timers.remove(timer);
    }

    /** The scheduler is closed: nothing that it was given is run any more. */
    void removeAllTimers() {
        owner.check();
        timers.clear();
    }

    void advance(long by) {
        owner.check();
        long until = after(by);
        if (until == Long.MAX_VALUE) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "cannot advance by " + Duration.ofNanos(by) + ": the clock ends in 2262");
        }
        nested(() -> {
            runAll(until);
            return true;
        });
        now = Math.max(now, until);
    }

    private void runAll(long until) {
        while (step(until)) {
            // Each step is one task or timer.
        }
    }

    /** {@return whether the condition holds, at the latest when the limit has passed} */
    boolean runUntil(BooleanSupplier done, long limit) {
        owner.check();
        long deadline = after(limit);
        return nested(() -> {
            while (!done.getAsBoolean()) {
                if (!step(deadline)) {
                    now = Math.max(now, deadline);
                    return done.getAsBoolean();
                }
            }
            return true;
        });
    }

    private boolean nested(BooleanSupplier body) {
        if (depth == DEEPEST) {
            throw new IllegalStateException(
                    "more than " + DEEPEST
                            + " tasks wait inside each other on the one thread of virtual time; lower the concurrency of the consumers");
        }
        depth++;
        try {
            return body.getAsBoolean();
        } finally {
            depth--;
        }
    }

    /** {@return whether there was something to run, now or by that time} */
    private boolean step(long until) {
        owner.check();
        Runnable task = ready.peek();
        VirtualTask<?> timer = timers.peek();
        if (task == null && (timer == null || timer.due() > until)) {
            return false;
        }
        // Counted first: what is refused stays where it is.
        steps.count(task == null ? timer : task, now);
        if (task == null) {
            task = timers.remove();
            now = Math.max(now, timer.due());
        } else {
            ready.remove();
        }
        task.run();
        return true;
    }

    String describe() {
        VirtualTask<?> first = timers.peek();
        return ready.size() + " tasks are ready, " + timers.size() + " timers are set"
                + (first == null
                        ? ""
                        : ", the first for " + first.name() + " in "
                                + Duration.ofNanos(Math.max(0, first.due() - now)));
    }
}

package io.anyqueue.test;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A task of the scheduler or executor. Waiting for it runs others meanwhile, as there is no other thread to do so. Used by the
 * loop's thread.
 *
 * @param <V> the type of the result
 */
final class VirtualTask<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
    /** A task that is not done by then never will be. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private final Loop loop;
    private final String name;
    private final long sequence;
    /** 0 if it runs once, more for the time between two beginnings, less for that between an end and a beginning. */
    private final long period;

    private long due;

    VirtualTask(Loop loop, Callable<V> task, String name, long due, long period, long sequence) {
        super(task);
        this.loop = loop;
        this.name = name;
        this.due = due;
        this.period = period;
        this.sequence = sequence;
    }

    long due() {
        return due;
    }

    String name() {
        return name;
    }

    static String nameOf(Object task) {
        if (task instanceof VirtualTask<?> virtual) {
            return virtual.name;
        }
        String name = task.getClass().getName();
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : name.substring(0, lambda);
    }

    @Override
    public boolean isPeriodic() {
        return period != 0;
    }

    @Override
    public void run() {
        if (!isPeriodic()) {
            super.run();
        } else if (runAndReset()) {
            due = period > 0 ? due + period : loop.after(-period);
            loop.add(this);
        }
    }

    @Override
    public boolean cancel(boolean interrupt) {
        loop.remove(this);
        // The only thread there is must not be interrupted for it.
        return super.cancel(false);
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        try {
            return get(LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (!loop.runUntil(this::isDone, unit.toNanos(timeout))) {
            throw new TimeoutException("the task " + name + " is not done after "
                    + Duration.ofNanos(unit.toNanos(timeout)) + " of virtual time; " + loop.describe());
        }
        return super.get();
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(due - loop.nanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        if (other instanceof VirtualTask<?> task) {
            int byTime = Long.compare(due, task.due);
            return byTime != 0 ? byTime : Long.compare(sequence, task.sequence);
        }
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}

package io.anyqueue.test;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A scheduler whose timers ring when virtual time has passed. Used by the loop's thread. */
final class VirtualScheduler extends AbstractExecutorService implements ScheduledExecutorService {
    private final Loop loop;
    private long sequence;
    private volatile boolean shutDown;

    VirtualScheduler(Loop loop) {
        this.loop = loop;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return add(task, delay, 0, unit);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return add(task(task, VirtualTask.nameOf(task), loop.after(unit.toNanos(delay)), 0));
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
        return add(task, first, positive(period, unit), unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        return add(task, first, -positive(delay, unit), unit);
    }

    private static long positive(long period, TimeUnit unit) {
        if (period <= 0) {
            throw new IllegalArgumentException("the period must be more than zero, is " + period + " " + unit);
        }
        return unit.toNanos(period);
    }

    private ScheduledFuture<?> add(Runnable task, long delay, long period, TimeUnit unit) {
        return add(task(Executors.callable(task), VirtualTask.nameOf(task), loop.after(unit.toNanos(delay)), period));
    }

    private <V> VirtualTask<V> add(VirtualTask<V> timer) {
        checkOpen();
        loop.add(timer);
        return timer;
    }

    private <V> VirtualTask<V> task(Callable<V> task, String name, long due, long period) {
        return new VirtualTask<>(loop, task, name, due, period, sequence++);
    }

    @Override
    protected <V> RunnableFuture<V> newTaskFor(Callable<V> task) {
        return task(task, VirtualTask.nameOf(task), loop.nanos(), 0);
    }

    @Override
    protected <V> RunnableFuture<V> newTaskFor(Runnable task, V value) {
        return task(Executors.callable(task, value), VirtualTask.nameOf(task), loop.nanos(), 0);
    }

    @Override
    public void execute(Runnable task) {
        checkOpen();
        loop.execute(task);
    }

    private void checkOpen() {
        if (shutDown) {
            throw new RejectedExecutionException("the scheduler of virtual time is shut down");
        }
    }

    @Override
    public void shutdown() {
        shutDown = true;
        loop.removeAllTimers();
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return shutDown;
    }

    @Override
    public boolean isTerminated() {
        return shutDown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return shutDown;
    }
}

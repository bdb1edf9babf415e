package io.anyqueue.core.threads;

import io.anyqueue.spi.CooperativeExecutor;
import io.anyqueue.spi.TimeSource;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one clock, scheduler and executor of a client. Those that the application gave stay open when the client is closed.
 * Safe for use by any thread.
 */
public final class Threads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Runnable close;

    private Threads(TimeSource time, ScheduledExecutorService scheduler, Executor executor, Runnable close) {
        this.time = time;
        this.scheduler = scheduler;
        this.executor = executor;
        this.close = close;
    }

    /** Takes what the application gave, and makes what it did not. */
    public static Threads of(
            Optional<Clock> clock, Optional<ScheduledExecutorService> scheduler, Optional<Executor> executor) {
        TimeSource time = clock.map(TimeSource::of).orElseGet(TimeSource::system);
        ScheduledExecutorService timer = scheduler.orElseGet(Threads::newTimer);
        Executor workers = executor.orElseGet(Threads::newWorkers);
        return new Threads(time, timer, workers, () -> {
            if (scheduler.isEmpty()) {
                timer.shutdownNow();
            }
            if (executor.isEmpty()) {
                ((ExecutorService) workers).shutdown();
            }
        });
    }

    public TimeSource time() {
        return time;
    }

    public ScheduledExecutorService scheduler() {
        return scheduler;
    }

    /**
     * Runs a task later on the scheduler's thread; what it throws is logged rather than lost in a future that nobody reads.
     *
     * @return false if the client is being closed, and the task will never run
     */
    public boolean later(Runnable task, long delayNanos) {
        try {
            ScheduledFuture<?> scheduled = scheduler.schedule(() -> guarded(task), delayNanos, TimeUnit.NANOSECONDS);
            return !scheduled.isCancelled();
        } catch (RejectedExecutionException e) {
            LOG.debug("the scheduler is closed, a task is dropped", e);
            return false;
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a timer's task failed", e);
        }
    }

    public Executor executor() {
        return executor;
    }

    /**
     * Waits for a stage. An executor that is cooperative runs its tasks meanwhile, so that one thread can wait for itself. All
     * that blocks in the core comes here or to {@link #pause}.
     *
     * @throws TimeoutException if the stage is not complete within the limit
     */
    public <V> V await(CompletionStage<V> stage, Duration limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<V> future = stage.toCompletableFuture();
        if (executor instanceof CooperativeExecutor cooperative && !future.isDone()) {
            return awaitCooperatively(cooperative, future, limit);
        }
        return future.get(Nanos.of(limit), TimeUnit.NANOSECONDS);
    }

    private static <V> V awaitCooperatively(
            CooperativeExecutor cooperative, CompletableFuture<V> future, Duration limit)
            throws InterruptedException, ExecutionException, TimeoutException {
        Thread waiting = Thread.currentThread();
        cooperative.runUntil(() -> future.isDone() || waiting.isInterrupted(), limit);
        if (future.isDone()) {
            return future.get();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        throw new TimeoutException("nothing within " + limit);
    }

    /** Waits for some time to pass. */
    public void pause(Duration time) throws InterruptedException {
        try {
            await(new CompletableFuture<Void>(), time);
        } catch (TimeoutException e) {
            LOG.trace("paused for {}", time);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody can fail this future", e);
        }
    }

    /** Runs what takes long and must not hold its caller: on a thread of its own, unless the executor is cooperative. */
    public CompletionStage<Void> inBackground(String name, Runnable task) {
        Executor background = isCooperative()
                ? executor
                : command -> daemon(name).newThread(command).start();
        return CompletableFuture.runAsync(task, background).whenComplete((nothing, failure) -> {
            if (failure != null) {
                LOG.error("{} failed", name, failure);
            }
        });
    }

    /** {@return whether the thread that waits is the one that has to run everything else} */
    public boolean isCooperative() {
        return executor instanceof CooperativeExecutor;
    }

    /** {@return the source of what is to be random, but not secret; not to be kept, as it may be the calling thread's own} */
    public RandomGenerator random() {
        return executor instanceof CooperativeExecutor cooperative ? cooperative.random() : ThreadLocalRandom.current();
    }

    @Override
    public void close() {
        close.run();
    }

    private static ScheduledExecutorService newTimer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemon("anyqueue-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return timer;
    }

    /** Virtual threads where the JDK has them (21 and later): found at run time, as the baseline is 17. */
    private static ExecutorService newWorkers() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            LOG.debug("no virtual threads in this JDK, handlers run on platform threads");
            return Executors.newCachedThreadPool(daemon("anyqueue-worker"));
        }
    }

    private static ThreadFactory daemon(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}

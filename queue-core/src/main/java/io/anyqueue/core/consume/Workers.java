package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.threads.Threads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs on at most as many threads as the concurrency says (rule BKP-2). A worker runs one job after the other and
 * fetches when there are none; it ends when there is nothing to fetch. {@link #wake} may be called by any thread.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final long RETRY_MILLIS = 100;
    private static final int LOOKS = 512;
    /** Which consumer's worker this thread is, to see a consumer being stopped by its own handler. */
    private static final ThreadLocal<Workers> CURRENT = new ThreadLocal<>();

    private final Threads threads;
    private final Runner runner;
    private final Solitude solitude;
    private final PollLoop pollLoop;
    private final Settler settler;
    private final LeaseKeeper leases;
    private final Trouble trouble;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicBoolean lingering = new AtomicBoolean();
    /** Complete when it was stopped and no worker is left. */
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** On the one thread that runs everything each job is a task of its own, so that others have their turn. */
    private final boolean takesTurns;

    private volatile int concurrency;
    private volatile boolean stopped;

    Workers(
            Threads threads,
            Runner runner,
            Solitude solitude,
            PollLoop pollLoop,
            Settler settler,
            LeaseKeeper leases,
            Trouble trouble,
            int concurrency) {
        this.threads = threads;
        this.takesTurns = threads.isCooperative();
        this.runner = runner;
        this.solitude = solitude;
        this.pollLoop = pollLoop;
        this.settler = settler;
        this.leases = leases;
        this.trouble = trouble;
        this.concurrency = concurrency;
    }

    void concurrency(int handlers) {
        concurrency = handlers;
        wake();
        for (int i = 0; i < handlers && startWorker(); i++) {
            // Each start is one more worker; those without work end at once.
        }
    }

    int active() {
        return active.get();
    }

    /** There may be something to run or to fetch: sees to it that a worker looks. */
    void wake() {
        pollLoop.request();
        if (!lingering.get()) {
            startWorker();
        }
    }

    private boolean startWorker() {
        int now = active.get();
        while (now < concurrency && !stopped) {
            if (active.compareAndSet(now, now + 1)) {
                return execute();
            }
            now = active.get();
        }
        return false;
    }

    private boolean execute() {
        try {
            threads.executor().execute(this::work);
            return true;
        } catch (Throwable e) {
            active.decrementAndGet();
            trouble.began(Trouble.Kind.THREADS, "the executor refuses to run handlers: " + e);
            LOG.warn("the executor refused a worker; trying again in {} ms", RETRY_MILLIS, e);
            wakeLater();
            if (stopped) {
                endIfIdle();
            }
            return false;
        }
    }

    /** After a failure, so that it neither stops the consumer nor repeats at once. */
    private void wakeLater() {
        threads.later(this::wake, TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
    }

    private void work() {
        Workers outer = CURRENT.get();
        CURRENT.set(this);
        trouble.over(Trouble.Kind.THREADS);
        try {
            runJobs();
        } catch (Throwable e) {
            LOG.error("a worker failed; another takes its place in {} ms", RETRY_MILLIS, e);
            wakeLater();
        } finally {
            CURRENT.set(outer);
            retire();
        }
    }

    private void runJobs() {
        startNext();
        long now = threads.time().nanoTime();
        while (!stopped && active.get() <= concurrency) {
            long end = solitude.isWanted() ? runSuspect(now) : runner.runNext(now);
            if (end == Runner.NOTHING && solitude.isWanted()) {
                // What the suspect waits for wakes another worker.
                return;
            }
            if (end == Runner.NOTHING) {
                settler.flush();
                int fetched = pollLoop.run(concurrency, Math.max(1, concurrency - active.get() + 1));
                if (fetched > 0) {
                    leases.wake();
                    startNext();
                } else if (takesTurns || !linger()) {
                    return;
                } else {
                    startNext();
                }
                now = threads.time().nanoTime();
            } else {
                now = end;
                if (takesTurns) {
                    pollLoop.request();
                    break;
                }
            }
        }
        settler.flush();
    }

    private long runSuspect(long now) {
        settler.flush();
        Job job = solitude.turn();
        if (job == null) {
            return Runner.NOTHING;
        }
        try {
            return runner.run(job, now);
        } finally {
            solitude.end(job);
            wake();
        }
    }

    /**
     * Stays for some microseconds, as the next message often comes within them and starting a worker takes longer. One worker does, which
     * hears of all that comes: more would take the processor from what they wait for.
     *
     * @return whether there may be something to run or fetch
     */
    private boolean linger() {
        if (!lingering.compareAndSet(false, true)) {
            return false;
        }
        try {
            for (int look = 0; look < LOOKS; look++) {
                if (pollLoop.isRequested() || runner.startable() > 0) {
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        } finally {
            lingering.set(false);
        }
    }

    /**
     * Starts a worker if there is a run for it beside the caller's, or more to fetch. It starts the next one when it begins: where runs are
     * short, most are done by then, and waking as many workers as there are runs takes longer than the runs.
     */
    private void startNext() {
        int startable = runner.startable();
        if (!solitude.isWanted() && (startable > 1 || (startable > 0 && pollLoop.isRequested()))) {
            startWorker();
        }
    }

    /** What was requested while the worker was ending would otherwise be seen by nobody. */
    private void retire() {
        active.decrementAndGet();
        if (stopped) {
            endIfIdle();
        } else if (!solitude.isWanted() && isWork()) {
            startWorker();
        }
    }

    private boolean isWork() {
        return pollLoop.isRequested() || (runner.startable() > 0 && active.get() < concurrency);
    }

    /** From now on no job is started. */
    void stop() {
        stopped = true;
        endIfIdle();
    }

    private void endIfIdle() {
        if (active.get() == 0) {
            ended.complete(null);
        }
    }

    boolean isStopped() {
        return stopped;
    }

    /** {@return whether the calling thread is a worker of this consumer, for whose end it must not wait} */
    boolean isOwn() {
        return CURRENT.get() == this;
    }

    /** {@return whether the calling thread is a worker of any consumer} */
    static boolean isWorker() {
        return CURRENT.get() != null;
    }

    /** {@return whether it was stopped and no handler ran any more within the limit} */
    boolean awaitEnd(Duration limit) {
        try {
            threads.await(ended, limit);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return active.get() == 0;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody can fail this future", e);
        }
    }
}

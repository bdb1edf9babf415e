package io.anyqueue.core.pipeline;

import io.anyqueue.core.failure.Outcome;
import io.anyqueue.spi.Delivery;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One delivery on its way through this consumer, from the poll to its settlement; kept over retries in place.
 *
 * <p>Whoever moves the state owns the job: a worker that started it, or whoever took a waiting one away. All other fields
 * belong to the owner; the state's release and acquire publish them.
 */
public final class Job {
    /** Why a running handler is interrupted. */
    public enum Interrupt {
        /** It ran longer than its time-out. */
        TIMEOUT,
        /** The consumer stops and its grace period is over. */
        STOP,
        /** The lease or the shard was lost: its result does not count any more. */
        LOST
    }

    private static final int WAITING = 0;
    private static final int RUNNING = 1;
    private static final int INTERRUPTING = 2;
    private static final int INTERRUPTED = 3;
    private static final int MOVING = 4;
    private static final int GONE = 5;
    private static final VarHandle STATE;
    private static final VarHandle INTERRUPT;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Job.class, "state", int.class);
            INTERRUPT = MethodHandles.lookup().findVarHandle(Job.class, "interrupt", Interrupt.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Delivery delivery;
    private volatile int state = WAITING;
    private volatile @Nullable Interrupt interrupt;
    private @Nullable Thread runner;
    private @Nullable BatchRun batch;
    private long startedNanos;
    private volatile long leaseUntilNanos;
    private volatile long extensionAskedNanos;
    private volatile boolean extensionAsked;
    /** Since it was polled. What was before is asked of the delivery when it is needed: an adapter may have to decode it. */
    private int failures;

    private long firstFailureMillis;
    private @Nullable Outcome decided;
    private int moves;
    private long dueNanos;
    /** The links and membership of the list of jobs in flight, guarded by its lock. */
    private @Nullable Job previous;

    private @Nullable Job next;
    private boolean listed;

    /** A delivery that was just polled. */
    public Job(Delivery delivery) {
        this.delivery = delivery;
        this.leaseUntilNanos = delivery.leaseUntilNanos();
    }

    public Delivery delivery() {
        return delivery;
    }

    /** {@return whether the caller may run it: false if it was given back or lost meanwhile} */
    public boolean start(Thread thread, long nowNanos) {
        runner = thread;
        return begin(nowNanos);
    }

    /** {@return whether the caller may run it together with others} */
    public boolean start(BatchRun run, long nowNanos) {
        batch = run;
        return begin(nowNanos);
    }

    /** A new run begins without the time-out of the one before. */
    private boolean begin(long nowNanos) {
        startedNanos = nowNanos;
        if (interrupt == Interrupt.TIMEOUT) {
            INTERRUPT.compareAndSet(this, Interrupt.TIMEOUT, null);
        }
        return STATE.compareAndSet(this, WAITING, RUNNING);
    }

    /** Ends the job. From here on no interrupt can hit a thread for it. */
    public void finish() {
        leave(GONE);
    }

    /** Ends a run that another will follow. */
    public void waitAgain() {
        leave(WAITING);
    }

    /** Ends a run whose outcome is being stored elsewhere; {@link #finish} or {@link #waitAgain} follows, from any thread. */
    public void move() {
        leave(MOVING);
    }

    /** Waits for an interrupt that is just being given: it must hit this run and no later one. */
    private void leave(int next) {
        int now = state;
        while (now != WAITING && now != GONE) {
            if (now != INTERRUPTING && STATE.compareAndSet(this, now, next)) {
                BatchRun run = batch;
                if (run != null && now == RUNNING) {
                    run.left();
                }
                return;
            }
            Thread.onSpinWait();
            now = state;
        }
    }

    /** {@return whether the caller took it away before a worker could start it} */
    public boolean takeAway() {
        return STATE.compareAndSet(this, WAITING, GONE);
    }

    /** Interrupts the handler if it runs, for each reason once; the first one stays, but for a loss. */
    public void interrupt(Interrupt why) {
        remember(why);
        boolean again = why != Interrupt.TIMEOUT && STATE.compareAndSet(this, INTERRUPTED, INTERRUPTING);
        if (again || STATE.compareAndSet(this, RUNNING, INTERRUPTING)) {
            tell(why);
            state = INTERRUPTED;
        }
    }

    /**
     * Interrupts the run that began at a time, and never a later one.
     *
     * @return whether it was still going on and had not been told before, by another job of a batch
     */
    public boolean timeOut(long begunNanos) {
        if (!STATE.compareAndSet(this, RUNNING, INTERRUPTING)) {
            return false;
        }
        if (startedNanos != begunNanos) {
            state = RUNNING;
            return false;
        }
        remember(Interrupt.TIMEOUT);
        BatchRun run = batch;
        boolean first = run == null || run.timeOut();
        tell(Interrupt.TIMEOUT);
        state = INTERRUPTED;
        return first;
    }

    private void remember(Interrupt why) {
        if (why == Interrupt.LOST) {
            interrupt = why;
        } else {
            INTERRUPT.compareAndSet(this, null, why);
        }
    }

    /** Only called while the state keeps the run from ending. */
    private void tell(Interrupt why) {
        BatchRun run = batch;
        Thread thread = runner;
        if (run != null) {
            run.interrupt(why);
        } else if (thread != null) {
            thread.interrupt();
        }
    }

    /** {@return whether the caller let go of it while its outcome was being stored elsewhere} */
    public boolean abandonMove() {
        return STATE.compareAndSet(this, MOVING, GONE);
    }

    /** {@return whether it does not run, and is not on its way out either} */
    public boolean isWaiting() {
        return state == WAITING;
    }

    /** {@return whether nothing follows but the result of its settlement} */
    public boolean isOver() {
        return state == GONE;
    }

    /** {@return whether its outcome is being stored elsewhere} */
    public boolean isMoving() {
        return state == MOVING;
    }

    public boolean isRunning() {
        int now = state;
        return now == RUNNING || now == INTERRUPTING || now == INTERRUPTED;
    }

    /** {@return when the run that goes on began; only to be read while it runs} */
    public long startedNanos() {
        return startedNanos;
    }

    public @Nullable Interrupt interrupted() {
        return interrupt;
    }

    public boolean isLost() {
        return interrupt == Interrupt.LOST;
    }

    public long leaseUntilNanos() {
        return leaseUntilNanos;
    }

    /** {@return whether an extension may be asked for: the last one was long enough ago, or there was none} */
    public boolean mayExtend(long nowNanos, long intervalNanos) {
        return !extensionAsked || nowNanos - extensionAskedNanos >= intervalNanos;
    }

    /** {@return whether an extension was ever asked for} */
    public boolean isExtensionAsked() {
        return extensionAsked;
    }

    public void extensionAsked(long nowNanos) {
        extensionAskedNanos = nowNanos;
        extensionAsked = true;
    }

    /** The broker has extended the lease; an answer to an earlier request may come late and shortens nothing. */
    public synchronized void extended(long untilNanos) {
        if (untilNanos - leaseUntilNanos > 0) {
            leaseUntilNanos = untilNanos;
        }
    }

    /** {@return how often the handler failed} */
    public int attempts() {
        return delivery.attempts() + failures;
    }

    public long firstFailedAtMillis() {
        long before = delivery.firstFailedAtMillis();
        return before == 0 ? firstFailureMillis : before;
    }

    /** Remembers a failure; one that does not count is no attempt, but begins the time within which to retry. */
    void failed(long nowMillis, boolean counts) {
        if (counts) {
            failures++;
        }
        if (firstFailureMillis == 0) {
            firstFailureMillis = nowMillis;
        }
    }

    /** {@return what was decided and could not be carried out yet: the handler must not run again for it} */
    public @Nullable Outcome decided() {
        return decided;
    }

    /** {@return how often an outcome could not be carried out, this time included} */
    public int notCarriedOut() {
        return ++moves;
    }

    /** Remembers an outcome that has to be tried again. */
    public int decide(Outcome outcome) {
        this.decided = outcome;
        return ++moves;
    }

    /** {@return since when it may run: it was polled then, or is to run again then} */
    public long dueNanos() {
        return dueNanos;
    }

    public void dueNanos(long nanos) {
        this.dueNanos = nanos;
    }

    /** {@return the job before this one in flight} */
    public @Nullable Job previous() {
        return previous;
    }

    public void previous(@Nullable Job job) {
        previous = job;
    }

    /** {@return the job after this one in flight} */
    public @Nullable Job next() {
        return next;
    }

    public void next(@Nullable Job job) {
        next = job;
    }

    /** {@return whether it is in flight} */
    public boolean listed() {
        return listed;
    }

    public void listed(boolean inFlight) {
        listed = inFlight;
    }
}

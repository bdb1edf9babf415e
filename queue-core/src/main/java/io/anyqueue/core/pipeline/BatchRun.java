package io.anyqueue.core.pipeline;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One run of a batch handler, which its jobs share: what concerns all of them interrupts it, a job that is lost does not, but
 * for the last. Safe for use by any thread.
 */
public final class BatchRun {
    private final Thread thread;
    private final AtomicInteger kept;
    private final AtomicBoolean timedOut = new AtomicBoolean();

    /**
     * A run that begins.
     *
     * @param thread runs the handler
     * @param jobs how many jobs it has
     */
    public BatchRun(Thread thread, int jobs) {
        this.thread = thread;
        this.kept = new AtomicInteger(jobs);
    }

    /** Only called for a job while it is in this run, so the thread has not gone on to something else. */
    void interrupt(Job.Interrupt why) {
        if (why != Job.Interrupt.LOST || kept.decrementAndGet() == 0) {
            thread.interrupt();
        }
    }

    /** One of its jobs is not, or no longer, in this run. */
    public void left() {
        kept.decrementAndGet();
    }

    /** {@return whether this is the first of its jobs to say so: it is one time-out, not as many as there are jobs} */
    boolean timeOut() {
        return timedOut.compareAndSet(false, true);
    }
}

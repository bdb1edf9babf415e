package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;

/**
 * Decides whether a job that a worker has just started may run: nearly always. Asked after the start, so that whoever forbids
 * it from then on sees the job running. Called by worker threads.
 */
final class Admission {
    private final Revocations revocations;
    private final Halt halt;
    private final Solitude solitude;
    private final Outcomes outcomes;
    private final Dispatcher dispatcher;

    Admission(Revocations revocations, Halt halt, Solitude solitude, Outcomes outcomes, Dispatcher dispatcher) {
        this.revocations = revocations;
        this.halt = halt;
        this.solitude = solitude;
        this.outcomes = outcomes;
        this.dispatcher = dispatcher;
    }

    /** {@return whether it may run; if not it was given back, dropped or put back, and the caller has it no more} */
    boolean admit(Job job) {
        if (job.isLost()) {
            outcomes.drop(job);
            return false;
        }
        if (revocations.cover(job) || halt.isOn()) {
            outcomes.refuse(job);
            return false;
        }
        if (solitude.keepsOut(job)) {
            job.waitAgain();
            dispatcher.again(job);
            return false;
        }
        return true;
    }

    /** {@return whether the job, which was not started, must ask for a turn of its own} It is asked for, or put back. */
    boolean sendsToWait(Job job) {
        if (!solitude.isSuspect(job)) {
            return false;
        }
        if (!solitude.ask(job)) {
            dispatcher.again(job);
        }
        return true;
    }
}

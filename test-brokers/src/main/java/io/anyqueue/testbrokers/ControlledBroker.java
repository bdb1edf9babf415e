package io.anyqueue.testbrokers;

import io.anyqueue.testbrokers.os.Controls;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Assumptions;

/** What tests can do to any broker. Safe for use by many threads; what changes the broker happens one after the other. */
public abstract class ControlledBroker implements AutoCloseable {
    private final Controls controls;
    private final boolean ofAll;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * Starts nothing yet.
     *
     * @param controls of the broker
     * @param ofAll whether all tests of this JVM share it
     */
    protected ControlledBroker(Controls controls, boolean ofAll) {
        this.controls = controls;
        this.ofAll = ofAll;
    }

    /** Ends the test as aborted if the environment leaves a broker out. */
    protected static void abortIfSkipped(String name) {
        Switches.skipped(name).ifPresent(Assumptions::abort);
    }

    /** {@return the broker, usable: started, unless somebody else runs it} */
    protected static <B extends ControlledBroker> B running(B broker) {
        try {
            if (broker.canControl()) {
                broker.start();
            } else {
                broker.awaitAnswer();
            }
            return broker;
        } catch (RuntimeException e) {
            ((ControlledBroker) broker).controls.close();
            throw e;
        }
    }

    /** Returns when the broker answers; fails if that takes too long. */
    protected abstract void awaitAnswer();

    /**
     * {@return whether the broker can be killed, stopped, halted and asked for what only its owner may} Not so with an address from
     * the environment: the methods for it then throw {@link UnsupportedOperationException}.
     */
    public final boolean canControl() {
        return controls.isControlled();
    }

    /** Ends it at once (SIGKILL). */
    public final void kill() {
        locked(controls::kill);
    }

    /** Ends it in its own time. */
    public final void stop() {
        locked(controls::stop);
    }

    /** Starts it again after {@link #kill} or {@link #stop}, on the same ports and with its data; returns when it is usable. */
    public final void start() {
        locked(() -> {
            controls.start();
            awaitAnswer();
        });
    }

    /** Halts it (SIGSTOP): connections stay open, even new ones are accepted by the system, and nothing answers. */
    public final void suspend() {
        locked(controls::suspend);
    }

    /** Lets it run again after {@link #suspend}. */
    public final void resume() {
        locked(controls::resume);
    }

    /** Does something to the broker while nobody else does. */
    protected final void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the broker and deletes its data. Does nothing to the shared one, nor to one from the environment. */
    @Override
    public final void close() {
        if (!ofAll) {
            locked(controls::close);
        }
    }
}

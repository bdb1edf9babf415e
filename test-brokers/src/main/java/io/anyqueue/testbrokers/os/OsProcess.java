package io.anyqueue.testbrokers.os;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A server's process, and the signals sent to it. Safe for use by many threads. */
public final class OsProcess {
    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(20);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(30);

    private final String name;
    private final Process process;

    OsProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /** {@return its number in the system} */
    public long pid() {
        return process.pid();
    }

    /** {@return whether it runs; a suspended process does} */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it at once (SIGKILL), and returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        if (!ended(KILL_LIMIT)) {
            throw new IllegalStateException(name + " (pid " + pid() + ") survives SIGKILL");
        }
    }

    /** Asks it to end (SIGTERM), and returns when it is gone. */
    public void terminate(Duration limit) {
        process.destroy();
        if (!ended(limit)) {
            throw new IllegalStateException(
                    name + " (pid " + pid() + ") has not ended " + limit.toSeconds() + " s after SIGTERM");
        }
    }

    /** Halts it (SIGSTOP): its connections stay open, and nothing answers. */
    public void suspend() {
        signal("STOP");
    }

    /** Lets it run again (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        if (!isAlive()) {
            throw new IllegalStateException(name + " does not run: nothing to send SIG" + signal + " to");
        }
        Command.of(SIGNAL_LIMIT, "kill", "-" + signal, Long.toString(pid())).run();
    }

    private boolean ended(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the end of " + name, e);
        }
    }
}

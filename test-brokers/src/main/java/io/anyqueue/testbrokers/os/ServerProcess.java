package io.anyqueue.testbrokers.os;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server that is one process of this machine, and can be started again and again. Used by one thread at a time. */
public final class ServerProcess implements Controls {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    /**
     * How a server is run.
     *
     * @param name for messages
     * @param command the program, which is the process to send signals to, and its arguments
     * @param environment all of it
     * @param log gets what it writes
     * @param started what it writes when it has started
     */
    public record Program(
            String name, List<String> command, Map<String, String> environment, Path log, String started) {
        /** Keeps copies. */
        public Program {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    private final Workspace workspace;
    private final Program program;
    private @Nullable OsProcess process;

    /**
     * Starts nothing yet.
     *
     * @param workspace where it runs, and with which it ends
     * @param program what is run
     */
    public ServerProcess(Workspace workspace, Program program) {
        this.workspace = workspace;
        this.program = program;
    }

    @Override
    public void start() {
        if (isAlive()) {
            throw new IllegalStateException(program.name() + " runs already; kill() or stop() it first");
        }
        LogTail log = LogTail.from(program.log());
        OsProcess begun = workspace.start(program.name(), program.command(), program.environment(), program.log());
        process = begun;
        Await.until(
                START_LIMIT,
                () -> log.has(program.started()) || !begun.isAlive(),
                () -> program.name() + " says '" + program.started() + "'; it says:\n" + log.end());
        if (!begun.isAlive()) {
            throw new IllegalStateException(program.name() + " ended while it started; it says:\n" + log.end());
        }
    }

    /** {@return whether it runs, halted or not} */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    @Override
    public void stop() {
        OsProcess running = running();
        // A halted process would not see the request to end.
        running.resume();
        running.terminate(STOP_LIMIT);
    }

    @Override
    public void kill() {
        running().kill();
    }

    @Override
    public void suspend() {
        running().suspend();
    }

    @Override
    public void resume() {
        running().resume();
    }

    private OsProcess running() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException(program.name() + " does not run; start() it first");
        }
        return process;
    }

    /** Ends it at once; its data stays with the workspace. */
    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}

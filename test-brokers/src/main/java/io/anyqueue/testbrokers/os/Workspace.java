package io.anyqueue.testbrokers.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary folder and the processes that work in it. Both are gone after {@link #close}, and also when the JVM ends without it,
 * even by SIGKILL: a shell waits for the end of a pipe that this JVM holds, then kills the processes and deletes the folder.
 * Safe for use by many threads.
 */
public final class Workspace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);

    /** Ctrl-C in a terminal reaches the guard too, and must not end it before the JVM. */
    private static final String GUARD = """
            trap '' HUP INT TERM
            cat >/dev/null
            for entry in "$0"/pids/*; do
              if [ -e "$entry" ]; then kill -KILL "${entry##*/}"; fi
            done
            for attempt in 1 2 3 4 5; do
              rm -rf "$0" && exit 0
              sleep 1
            done
            exit 1
            """;

    /** Notes its own number before it becomes the program: no moment in which the guard does not know of it. */
    private static final String NOTED = ": > \"$0/pids/$$\" && exec \"$@\"";

    private static final long GUARD_LIMIT_SECONDS = 30;

    private final Path folder;
    private final Process guard;

    private Workspace(Path folder, Process guard) {
        this.folder = folder;
        this.guard = guard;
    }

    /** {@return a new one whose folder's name begins as given} */
    public static Workspace create(String name) {
        try {
            Path folder = Files.createTempDirectory("anyqueue-" + name + "-").toRealPath();
            Files.createDirectory(folder.resolve("pids"));
            Process guard = new ProcessBuilder("sh", "-c", GUARD, folder.toString())
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            return new Workspace(folder, guard);
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for " + name, e);
        }
    }

    /** {@return the folder, which only this user may enter} */
    public Path folder() {
        return folder;
    }

    /**
     * Starts a program in the folder.
     *
     * @param name for messages
     * @param command the program and its arguments
     * @param environment all of it; nothing is taken from this JVM's
     * @param log gets what the program writes, after what is in it
     */
    public OsProcess start(String name, List<String> command, Map<String, String> environment, Path log) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", NOTED, folder.toString()));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            CompletableFuture<?> unused = process.onExit().thenRun(() -> forget(process.pid()));
            return new OsProcess(name, process);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " could not be started", e);
        }
    }

    /** Another process may get the number. */
    private void forget(long pid) {
        try {
            Files.deleteIfExists(folder.resolve("pids").resolve(Long.toString(pid)));
        } catch (IOException e) {
            LOG.warn("The ended process {} is still noted in {}", pid, folder, e);
        }
    }

    /** Kills the processes and deletes the folder; does nothing the second time. */
    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
            if (!guard.waitFor(GUARD_LIMIT_SECONDS, TimeUnit.SECONDS) || guard.exitValue() != 0) {
                throw new IllegalStateException(folder + " or its processes are still there");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            // The guard goes on by itself.
            Thread.currentThread().interrupt();
        }
    }
}

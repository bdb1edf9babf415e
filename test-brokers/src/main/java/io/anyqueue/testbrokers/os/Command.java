package io.anyqueue.testbrokers.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that is run to its end, for its output. Safe for use by many threads.
 *
 * @param words the program and its arguments
 * @param environment added to that of this JVM
 * @param limit after this time the program is killed
 */
public record Command(List<String> words, Map<String, String> environment, Duration limit) {
    /** Keeps copies. */
    public Command {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    /** {@return a command with this JVM's environment} */
    public static Command of(Duration limit, String... words) {
        return new Command(List.of(words), Map.of(), limit);
    }

    /**
     * Runs it.
     *
     * @return what it wrote, errors included
     * @throws CommandFailedException if it cannot be started, takes too long or ends with another status than 0
     */
    public String run() {
        // A file, not a pipe: a grandchild that keeps a pipe open would keep the reader waiting.
        Path output = temporaryFile();
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.redirectOutput(output.toFile()).start();
            process.getOutputStream().close();
            String end = awaitEnd(process);
            String text = Files.readString(output);
            if (!end.isEmpty()) {
                throw new CommandFailedException(this + " " + end + ":\n" + text.strip());
            }
            return text;
        } catch (IOException e) {
            throw new CommandFailedException(this + " could not be run: " + e.getMessage(), e);
        } finally {
            delete(output);
        }
    }

    private String awaitEnd(Process process) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue() == 0 ? "" : "ended with status " + process.exitValue();
            }
            return "took longer than " + limit.toSeconds() + " s";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "was interrupted";
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path temporaryFile() {
        try {
            return Files.createTempFile("anyqueue-command", ".out");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the words; the environment may hold secrets} */
    @Override
    public String toString() {
        return "'" + String.join(" ", words) + "'";
    }
}

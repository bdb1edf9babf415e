package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** A program in a process of its own, as a user runs it. */
final class Program implements AutoCloseable {
    private static final int SIGTERM_EXIT = 128 + 15;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    private Program(Process process) {
        this.process = process;
        this.reader = new Thread(this::read, "output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the main method of a class, with {@code ANYQUEUE_URL} set. Its log counts as output. */
    static Program start(Class<?> main, String url) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx128m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(main.getName());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("ANYQUEUE_"));
        builder.environment().put("ANYQUEUE_URL", url);
        return new Program(builder.start());
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("cannot read the output: " + e);
        }
    }

    void awaitLines(String... expected) {
        try {
            Waiting.until(() -> lines.containsAll(List.of(expected)));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("printed only " + lines, e);
        }
    }

    /** Asks it to end, as an operator or a container runtime does, and gives it less time than its own grace period. */
    void terminate() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS))
                .as("ended after SIGTERM; printed %s", lines)
                .isTrue();
        reader.join(PATIENCE.toMillis());
        assertThat(process.exitValue()).isEqualTo(SIGTERM_EXIT);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.samples.orders.Progress.Display;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The command in a process of its own, which a test can kill. It reads the standard input and cannot finish before the test says
 * so: the last order is held back until then. Used by one thread.
 */
final class OrderProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final Pattern HANDLED = Pattern.compile("read, ([0-9,]+) handled");

    private final Process process;
    private final CountDownLatch mayFinish = new CountDownLatch(1);
    private final AtomicLong handled = new AtomicLong();
    private final Queue<String> messages = new ConcurrentLinkedQueue<>();

    private OrderProcess(Process process, InputStream orders) {
        this.process = process;
        background("orders", () -> feed(orders));
        background("progress", this::listen);
    }

    /**
     * Starts it.
     *
     * @param orders is read to its end and closed
     * @param properties of the JVM, as {@code -Dname=value}
     * @param options of the command, without the input
     */
    static OrderProcess start(InputStream orders, List<String> properties, List<String> options) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        words.addAll(properties);
        words.addAll(List.of(Child.class.getName(), "--json", "--input", "-"));
        words.addAll(options);
        return new OrderProcess(new ProcessBuilder(words).start(), orders);
    }

    /** Waits until so many orders have an outcome, those of earlier runs included. */
    void awaitHandled(long orders) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> {
            assertThat(process.isAlive()).as("ended too early: %s", messages).isTrue();
            return handled.get() >= orders;
        });
    }

    /** Ends it at once (SIGKILL), and returns when it is gone. */
    void kill() throws InterruptedException {
        assertThat(process.isAlive()).as("ended too early: %s", messages).isTrue();
        process.destroyForcibly().waitFor();
    }

    /** Lets it read the last order and checks that all went well. */
    JsonNode summary() throws IOException, InterruptedException {
        mayFinish.countDown();
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("ended: %s", messages)
                .isTrue();
        assertThat(process.exitValue()).as("exit code: %s", messages).isZero();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            return Command.JSON.readTree(out.readLine());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        mayFinish.countDown();
    }

    private void feed(InputStream orders) throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(orders, StandardCharsets.UTF_8));
                Writer toProcess = process.outputWriter(StandardCharsets.UTF_8)) {
            String line = in.readLine();
            while (line != null) {
                String next = in.readLine();
                if (next == null) {
                    toProcess.flush();
                    awaitMayFinish();
                }
                toProcess.write(line + "\n");
                line = next;
            }
        }
    }

    private void awaitMayFinish() throws IOException {
        try {
            mayFinish.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void listen() throws IOException {
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            String line = err.readLine();
            while (line != null) {
                Matcher matcher = HANDLED.matcher(line);
                if (matcher.find()) {
                    handled.set(Long.parseLong(matcher.group(1).replace(",", "")));
                } else {
                    messages.add(line);
                }
                line = err.readLine();
            }
        }
    }

    private interface Piping {
        void run() throws IOException;
    }

    /** A pipe to a process that was killed breaks: that is the end of the work, and no news. */
    private void background(String name, Piping piping) {
        Thread thread = new Thread(
                () -> {
                    try {
                        piping.run();
                    } catch (IOException e) {
                        messages.add(name + ": " + e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    /** The command, with progress as often as can be. */
    static final class Child {
        public static void main(String[] args) {
            Display display = new Display(System.err, false, Duration.ofMillis(5));
            System.exit(new OrderProcessing(System.in, System.out, display, Duration.ofMinutes(2)).run(args));
        }
    }
}

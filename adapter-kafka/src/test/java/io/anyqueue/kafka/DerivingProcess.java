package io.anyqueue.kafka;

import io.anyqueue.ConsumerBuilder;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.RetryPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A consumer in a process of its own, which a test can kill: one message follows from each, some only at the second
 * attempt, and some are given up. Used by one thread.
 */
final class DerivingProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader lines;

    private DerivingProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    /** @param exactlyOnce whether what follows appears once; else it may appear again after a kill */
    static DerivingProcess start(String url, String in, String out, boolean exactlyOnce) throws IOException {
        return new DerivingProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        url,
                        in,
                        out,
                        Boolean.toString(exactlyOnce))
                .redirectError(Redirect.INHERIT)
                .start());
    }

    static boolean isGivenUp(int number) {
        return number % 50 == 7;
    }

    static boolean isRetried(int number) {
        return number % 20 == 3;
    }

    /** {@return whether it has written another line: it has handled another 50 messages} */
    boolean hasGoneOn() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("the process has ended by itself");
        }
        return lines.ready() && lines.readLine() != null;
    }

    /** Ends it with SIGKILL, and returns when it is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() throws IOException {
        kill();
        lines.close();
    }

    /** The process. */
    static final class Child {
        public static void main(String[] args) {
            AtomicInteger handled = new AtomicInteger();
            try (QueueClient client = QueueClient.connect(args[0])) {
                MessageQueue<String> results = client.queue(args[2], String.class);
                ConsumerBuilder<String> consumer =
                        client.queue(args[1], String.class).consumer();
                (Boolean.parseBoolean(args[3]) ? consumer.exactlyOnce() : consumer)
                        .concurrency(8)
                        .retry(RetryPolicy.delays(Duration.ofMillis(300)))
                        .start((text, context) -> {
                            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                            int number = Integer.parseInt(text);
                            context.send(results, text);
                            if (handled.incrementAndGet() % 50 == 0) {
                                System.out.println("gone on");
                            }
                            if (isGivenUp(number) || (isRetried(number) && context.attempt() == 1)) {
                                throw new IllegalStateException("as the test wants it");
                            }
                        });
                client.runUntilShutdown(Duration.ofSeconds(10));
            }
        }
    }
}

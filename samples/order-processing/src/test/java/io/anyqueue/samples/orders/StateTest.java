package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.QueueClient;
import io.anyqueue.samples.orders.Progress.Display;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Runs that end too early, and the runs after them. */
class StateTest {
    private static final int ORDERS = 1_000;
    private static final String FIGURES =
            "{'read':1000,'accepted':800,'cancelled':100,'deadLetters':{'no customer':100},"
                    + "'malformed':0,'events':{'inventory':800,'email':800,'analytics':800},'revenue':400.8}";

    @TempDir
    Path state;

    @Test
    void aSecondRunCountsNothingTwice() {
        String[] args = {"--json", "--state", state.toString()};
        JsonNode first = new Command().summary(args);
        JsonNode second = new Command().summary(args);

        Command.assertFigures(first, OrderProcessingTest.BUILT_IN);
        Command.assertFigures(second, OrderProcessingTest.BUILT_IN);
        assertThat(second.get("retries")).isEqualTo(first.get("retries"));
        assertThat(second.get("messagesPerSecond").longValue())
                .as("all was done by the first")
                .isZero();
    }

    /** The broker goes on without the client, so that what the first run left is handled by the second. */
    @Test
    void goesOnAfterAStop() {
        String broker = "inmemory:" + state.getFileName();
        try (QueueClient keepsTheBroker = QueueClient.connect(broker)) {
            assertThat(keepsTheBroker.health()).isNotNull();
            StoppingInput input = new StoppingInput(orders(), orders().length / 2);
            Command first = new Command(input, Duration.ofSeconds(60));
            input.command = first;

            assertThat(first.run("--broker", broker, "--state", state.toString(), "--input", "-"))
                    .isEqualTo(1);
            assertThat(first.errors()).contains("order-processing: stopped before the end");
            assertThat(first.out()).isEmpty();
            JsonNode summary = new Command(new ByteArrayInputStream(orders()), Duration.ofSeconds(60))
                    .summary("--json", "--broker", broker, "--state", state.toString(), "--input", "-");
            Command.assertFigures(summary, FIGURES);
        }
    }

    /** The worst case: not only is the process gone from one moment to the next, its broker is gone with it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 300, 900})
    @Timeout(60)
    void goesOnAfterAKill(int handled) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        state.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream toChild = process.getOutputStream();
                BufferedReader progress = process.errorReader(StandardCharsets.UTF_8)) {
            // It cannot finish: one order is held back.
            byte[] orders = orders();
            toChild.write(orders, 0, lastLine(orders));
            toChild.flush();
            awaitHandled(progress, handled);
        } finally {
            process.destroyForcibly().waitFor();
        }
        try (Outcomes kept = new Outcomes(DatabaseStore.open(state.toString()))) {
            // How much of the last moments the database keeps is up to it: it writes in the background. What it has
            // lost is
            // sent again, so all that counts is that the next run neither begins anew nor counts anything twice.
            assertThat(kept.totals().settled()).isBetween(handled / 2L, ORDERS - 1L);
        }

        JsonNode summary = new Command(new ByteArrayInputStream(orders()), Duration.ofSeconds(60))
                .summary("--json", "--state", state.toString(), "--input", "-");
        Command.assertFigures(summary, FIGURES);
    }

    private static void awaitHandled(BufferedReader progress, int handled) throws IOException {
        Pattern pattern = Pattern.compile("read, ([0-9,]+) handled");
        while (true) {
            String line = Objects.requireNonNull(progress.readLine(), "the child has ended");
            Matcher matcher = pattern.matcher(line);
            if (matcher.find() && Integer.parseInt(matcher.group(1).replace(",", "")) >= handled) {
                return;
            }
        }
    }

    private static int lastLine(byte[] lines) {
        int start = lines.length - 1;
        while (lines[start - 1] != '\n') {
            start--;
        }
        return start;
    }

    /** Every tenth order is a cancellation, every tenth has no customer; the others come from fifty customers. */
    private static byte[] orders() {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < ORDERS; i++) {
            String id = i % 10 == 3 ? "C" + i : String.valueOf(i);
            String customer = i % 10 == 7 ? "null" : "\"k" + i % 50 + "\"";
            lines.append("{\"orderId\":\"%s\",\"customerId\":%s,\"lines\":[{\"quantity\":3,\"unitPrice\":0.167}]}%n"
                    .formatted(id, customer));
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Stops the command that reads it, as SIGTERM would. */
    private static final class StoppingInput extends FilterInputStream {
        private int left;
        private Command command;

        StoppingInput(byte[] orders, int stopAfter) {
            super(new ByteArrayInputStream(orders));
            left = stopAfter;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left <= 0) {
                command.stop();
            }
            int read = super.read(into, offset, Math.min(length, 1_000));
            left -= read;
            return read;
        }
    }

    /** The command in a process of its own, with progress as often as can be. */
    static final class Child {
        public static void main(String[] args) {
            InputStream in = System.in;
            System.exit(new OrderProcessing(
                            in,
                            System.out,
                            new Display(System.err, false, Duration.ofMillis(5)),
                            Duration.ofSeconds(60))
                    .run("--input", "-", "--state", args[0]));
        }
    }
}

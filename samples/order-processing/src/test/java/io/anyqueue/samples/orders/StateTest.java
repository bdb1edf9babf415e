package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.QueueClient;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Runs that end too early, and the runs after them. */
class StateTest {
    private static final int ORDERS = 1_000;
    private static final String FIGURES = MadeUpOrders.figures(ORDERS);

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
            StoppingInput input = new StoppingInput(MadeUpOrders.lines(ORDERS));
            Command first = new Command(input, Duration.ofSeconds(60));
            input.command = first;

            assertThat(first.run("--broker", broker, "--state", state.toString(), "--input", "-"))
                    .isEqualTo(1);
            assertThat(first.errors()).contains("order-processing: stopped before the end");
            assertThat(first.out()).isEmpty();
            JsonNode summary = new Command(orders(), Duration.ofSeconds(60))
                    .summary("--json", "--broker", broker, "--state", state.toString(), "--input", "-");
            Command.assertFigures(summary, FIGURES);
        }
    }

    /** The worst case: not only is the process gone from one moment to the next, its broker is gone with it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 300, 900})
    @Timeout(60)
    void goesOnAfterAKill(int handled) throws Exception {
        try (OrderProcess process = OrderProcess.start(orders(), List.of(), List.of("--state", state.toString()))) {
            process.awaitHandled(handled);
            process.kill();
        }
        try (Outcomes kept = new Outcomes(DatabaseStore.open(state.toString()))) {
            // How much of the last moments the database keeps is up to it: it writes in the background. What it has
            // lost is
            // sent again, so all that counts is that the next run neither begins anew nor counts anything twice.
            assertThat(kept.totals().settled()).isBetween(handled / 2L, ORDERS - 1L);
        }

        JsonNode summary = new Command(orders(), Duration.ofSeconds(60))
                .summary("--json", "--state", state.toString(), "--input", "-");
        Command.assertFigures(summary, FIGURES);
    }

    private static InputStream orders() {
        return new ByteArrayInputStream(MadeUpOrders.lines(ORDERS));
    }

    /** Stops the command that reads it, as SIGTERM would. */
    private static final class StoppingInput extends FilterInputStream {
        private int left;
        private Command command;

        StoppingInput(byte[] orders) {
            super(new ByteArrayInputStream(orders));
            left = orders.length / 2;
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
}

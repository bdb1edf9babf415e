package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class OrderProcessingTest {
    /** Of the built-in file; see also the README. */
    static final String BUILT_IN = "{'read':80,'accepted':62,'cancelled':8,'deadLetters':{'no customer':6,"
            + "'quantity <= 0':2,'unit price <= 0':2},'malformed':0,'events':{'inventory':62,'email':62,'analytics':62},"
            + "'revenue':10477.7,'duplicates':0}";

    private static final String GOOD =
            "{\"orderId\":\"%s\",\"customerId\":\"k\",\"lines\":[{\"quantity\":2,\"unitPrice\":1.25}]}\n";

    @TempDir
    Path directory;

    @Test
    void withoutOptionsHandlesTheBuiltInFile() {
        Command command = new Command();

        assertThat(command.run()).isZero();
        assertThat(command.errors()).isEmpty();
        assertThat(command.out().lines())
                .contains(
                        "orders read                          80",
                        "  accepted                           62",
                        "  cancelled                           8",
                        "    no customer                       6",
                        "    quantity <= 0                     2",
                        "    unit price <= 0                   2",
                        "revenue                         10477.7");
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0", "0, 8, 0", "0.1, 1, 6", "0.1, 8, 6", "0.5, 1, 31", "0.5, 8, 31", "1, 8, 62"})
    void theFiguresDependNeitherOnFailuresNorOnConcurrency(String failRate, String concurrency, int retries) {
        JsonNode summary = new Command().summary("--json", "--fail-rate", failRate, "--concurrency", concurrency);

        Command.assertFigures(summary, BUILT_IN);
        assertThat(summary.get("retries").intValue()).isEqualTo(retries);
        assertThat(summary.get("messagesPerSecond").longValue()).isPositive();
    }

    @Test
    void readsAFileAndTheStandardInput() throws Exception {
        String orders = GOOD.formatted("1") + GOOD.formatted("2");
        Path file = Files.write(directory.resolve("orders"), InputTest.gzip(orders));
        String figures = "{'read':2,'accepted':2,'revenue':5}";

        Command.assertFigures(new Command().summary("--json", "--input", file.toString()), figures);
        Command.assertFigures(new Command(orders).summary("--json", "--input", "-"), figures);
        InputStream gzip = new ByteArrayInputStream(InputTest.gzip(orders));
        Command.assertFigures(new Command(gzip, Duration.ofSeconds(30)).summary("--json", "--input", "-"), figures);
        Command.assertFigures(
                new Command("").summary("--json", "--input", "-"), "{'read':0,'deadLetters':{},'revenue':0}");
    }

    @Test
    void reportsMalformedLinesAndGoesOn() {
        String huge = "x".repeat(2_000_000);
        Command command = new Command(GOOD.formatted("1") + "nonsense\n\n" + GOOD.formatted("1") + "{}\n"
                + GOOD.formatted("2").replace("\"customerId\"", "\"country\":\"" + huge + "\",\"customerId\"")
                + GOOD.formatted("3"));
        JsonNode summary = command.summary("--json", "--input", "-");

        Command.assertFigures(summary, "{'read':2,'accepted':2,'malformed':4,'revenue':5}");
        assertThat(command.errors()).hasSize(4);
        assertThat(command.errors())
                .anySatisfy(line -> assertThat(line).startsWith("line 2: not JSON"))
                .contains("line 4: order 1 was read before", "line 5: orderId is missing")
                .anySatisfy(line -> assertThat(line).startsWith("line 6: ").contains("1048576"));
    }

    @Test
    void anInputThatEndsTooEarlyFailsTheRun() throws Exception {
        byte[] gzip = InputTest.gzip(GOOD.formatted("1").repeat(1_000));
        Path file = Files.write(directory.resolve("orders"), Arrays.copyOf(gzip, gzip.length - 9));
        Command command = new Command();

        assertThat(command.run("--input", file.toString())).isEqualTo(1);
        assertThat(command.errors().get(command.errors().size() - 1)).contains("the input cannot be read on");
        assertThat(command.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--input, /no/such/file, no such input: /no/such/file",
        "--input, /, input is a directory: /",
        "--broker, nonsense, the scheme is missing",
        "--broker, gopher://host, gopher",
        "--no-such-option, x, Unknown option",
        "--input, , --input",
        "--fail-rate, 1.1, '--fail-rate must be 0 to 1, is 1.1'",
        "--fail-rate, NaN, --fail-rate must be 0 to 1",
        "--fail-rate, much, --fail-rate",
        "--concurrency, 0, --concurrency must be 1 to 10000",
        "--concurrency, 10001, --concurrency must be 1 to 10000",
        "--state, /dev/null/state, cannot use state directory",
        "surplus, more, Unmatched argument",
    })
    void aWrongCommandIsOneLine(String option, String value, String problem) {
        Command command = new Command();

        assertThat(value == null ? command.run(option) : command.run(option, value))
                .isEqualTo(2);
        assertThat(command.errors())
                .singleElement()
                .asString()
                .startsWith("order-processing: ")
                .contains(problem);
        assertThat(command.out()).isEmpty();
    }

    @Test
    void helpNamesEveryOption() {
        Command command = new Command();

        assertThat(command.run("--help")).isZero();
        assertThat(command.out())
                .contains("--broker", "--input", "--fail-rate", "--concurrency", "--json", "--state", "0.1");
        Command version = new Command();
        assertThat(version.run("--version")).isZero();
        assertThat(version.out()).startsWith("order-processing ");
    }

    /** A consumer that was switched off from outside stands for whatever keeps messages from being handled. */
    @Test
    void aRunThatStandsStillSaysWhatIsMissing() {
        String key = "anyqueue.consumer.order-events--email.enabled";
        System.setProperty(key, "false");
        try {
            Command command = new Command(InputStream.nullInputStream(), Duration.ofMillis(100));

            assertThat(command.run()).isEqualTo(1);
            assertThat(command.errors())
                    .singleElement()
                    .asString()
                    .startsWith("order-processing: nothing has happened for 0.1 s, missing: 62 events for email");
        } finally {
            System.clearProperty(key);
        }
    }
}

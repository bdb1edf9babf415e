package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.samples.orders.Progress.Display;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs the command in this process and keeps what it prints. */
final class Command {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final OrderProcessing command;

    Command() {
        this(InputStream.nullInputStream(), Duration.ofSeconds(30));
    }

    Command(String standardInput) {
        this(new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8)), Duration.ofSeconds(30));
    }

    Command(InputStream standardInput, Duration patience) {
        command = new OrderProcessing(standardInput, print(out), Display.plain(print(err)), patience);
    }

    int run(String... args) {
        return command.run(args);
    }

    void stop() {
        command.stop();
    }

    /** Runs it and checks that all went well. */
    JsonNode summary(String... args) {
        assertThat(run(args)).as(() -> errors().toString()).isZero();
        return JSON.readTree(out());
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    List<String> errors() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Checks the figures that do not depend on how the run went. */
    static void assertFigures(JsonNode summary, String figures) {
        JsonNode expected = JSON.readTree(figures.replace('\'', '"'));
        assertThat(expected.propertyNames())
                .isNotEmpty()
                .allSatisfy(name -> assertThat(summary.get(name)).as(name).isEqualTo(expected.get(name)));
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}

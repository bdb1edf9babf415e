package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.samples.orders.Progress.Display;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final String LINE = "25,900 read, 25,900 handled (18,502 accepted, 3,562 dead), 55,506 events";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void onATerminalOneLineIsWrittenOver() {
        try (Progress progress = new Progress(Display.terminal(stream), ProgressTest::totals)) {
            progress.show();
            progress.note("line 3: not JSON");
            progress.show();
        }
        String blank = "\r" + " ".repeat(LINE.length()) + "\r";

        assertThat(text()).isEqualTo(LINE + blank + "line 3: not JSON\n" + LINE + blank);
    }

    @Test
    void elsewhereLinesArePlain() {
        try (Progress progress = new Progress(Display.plain(stream), ProgressTest::totals)) {
            progress.show();
            progress.note("line 3: not JSON");
        }

        assertThat(text()).isEqualTo(LINE + "\nline 3: not JSON\n");
    }

    @Test
    void showsByItself() throws Exception {
        try (Progress progress = new Progress(new Display(stream, false, Duration.ofMillis(1)), ProgressTest::totals)) {
            progress.start();
            while (!text().contains(LINE)) {
                Thread.onSpinWait();
            }
        }
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    private static Totals totals() {
        return new Totals(
                25_900,
                18_502,
                3_836,
                new TreeMap<>(Map.of("no customer", 3_562L)),
                0,
                Map.of(Subscription.INVENTORY, 18_502L, Subscription.EMAIL, 18_502L, Subscription.ANALYTICS, 18_502L),
                BigDecimal.ZERO,
                0,
                0,
                0);
    }
}

package io.anyqueue.conformance.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.conformance.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A committed report that nobody checks is a claim. */
class ReportFilesTest {
    @TempDir
    Path folder;

    private static Report report(String version, Outcome outcome) {
        return new Report(
                "some",
                "default",
                version,
                List.of(new Report.Entry("adapter", "SND-1", "SND-1/x", "Title | y", outcome, "native", "")));
    }

    @Test
    void writesTheFirstReportForPeopleAndPrograms() throws Exception {
        assertThat(new ReportFiles(folder, false).settle(report("1", Outcome.PASS)))
                .isEmpty();
        assertThat(Files.readString(folder.resolve("some.md"))).contains("| `SND-1/x` | Title \\| y | PASS | native |");
        assertThat(Files.readString(folder.resolve("some.json"))).contains("\"id\" : \"SND-1/x\"");
    }

    @Test
    void agreesWithItself() {
        ReportFiles files = new ReportFiles(folder, false);
        files.settle(report("1", Outcome.PASS));
        assertThat(files.settle(report("1", Outcome.PASS))).isEmpty();
    }

    @Test
    void tellsWhatIsDifferentAndLeavesTheCommittedOneAlone() {
        ReportFiles files = new ReportFiles(folder, false);
        files.settle(report("1", Outcome.PASS));
        assertThat(files.settle(report("1", Outcome.NOT_SUPPORTED)))
                .singleElement()
                .asString()
                .contains("SND-1/x was PASS")
                .contains("is NOT_SUPPORTED");
        assertThat(files.settle(new Report("some", "default", "1", List.of())))
                .containsExactly("adapter SND-1/x is gone: was PASS");
        assertThat(files.settle(report("1", Outcome.PASS))).isEmpty();
    }

    @Test
    void sayingNothingOfAnotherBrokerVersion() {
        ReportFiles files = new ReportFiles(folder, false);
        files.settle(report("1", Outcome.PASS));
        assertThat(files.settle(report("2", Outcome.NOT_SUPPORTED))).isEmpty();
    }

    @Test
    void overwritesWhenAsked() {
        new ReportFiles(folder, false).settle(report("1", Outcome.PASS));
        new ReportFiles(folder, true).settle(report("1", Outcome.NOT_SUPPORTED));
        assertThat(new ReportFiles(folder, false).settle(report("1", Outcome.NOT_SUPPORTED)))
                .isEmpty();
    }
}

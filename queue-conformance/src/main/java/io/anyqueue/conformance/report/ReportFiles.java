package io.anyqueue.conformance.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The committed reports: written when there is none, or when {@code ANYQUEUE_CONFORMANCE=write} asks for it; else the run must
 * agree with the one that is there, as long as the broker has the same version.
 */
public final class ReportFiles {
    /** The environment variable; {@code write} replaces the committed report. */
    public static final String VARIABLE = "ANYQUEUE_CONFORMANCE";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path folder;
    private final boolean overwrite;

    /**
     * Reports in a folder.
     *
     * @param folder the folder; created when a report is written
     */
    public ReportFiles(Path folder) {
        this(folder, "write".equals(System.getenv(VARIABLE)));
    }

    ReportFiles(Path folder, boolean overwrite) {
        this.folder = folder;
        this.overwrite = overwrite;
    }

    /**
     * Writes a report, or compares it with the one that is there.
     *
     * @param report the report of a complete run
     * @return what differs from the committed report; empty if nothing does, or if it was written
     */
    public List<String> settle(Report report) {
        Optional<Report> committed = read(report.fileName());
        if (committed.isEmpty() || overwrite) {
            write(folder, report);
            return List.of();
        }
        Report earlier = committed.get();
        return earlier.brokerVersion().equals(report.brokerVersion()) ? report.differences(earlier) : List.of();
    }

    /**
     * Writes a report somewhere else, for instance because it does not agree.
     *
     * @param other the folder
     * @param report the report
     */
    public static void write(Path other, Report report) {
        try {
            Files.createDirectories(other);
            Files.writeString(other.resolve(report.fileName() + ".json"), JSON.writeValueAsString(report) + "\n");
            Files.writeString(other.resolve(report.fileName() + ".md"), ReportText.of(report));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report to " + other, e);
        }
    }

    private Optional<Report> read(String name) {
        Path file = folder.resolve(name + ".json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(Files.readString(file), Report.class));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}

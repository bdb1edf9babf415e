package io.anyqueue.testbrokers.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What a process writes to its log from now on. Safe for use by many threads. */
public final class LogTail {
    private static final int END_LINES = 40;

    private final Path file;
    private final long start;

    private LogTail(Path file, long start) {
        this.file = file;
        this.start = start;
    }

    /** {@return the tail of a file that need not be there yet} */
    public static LogTail from(Path file) {
        try {
            return new LogTail(file, Files.exists(file) ? Files.size(file) : 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return whether a text has been written} */
    public boolean has(String text) {
        return text().contains(text);
    }

    /** {@return the last lines} */
    public String end() {
        String[] lines = text().split("\n", -1);
        return String.join("\n", Arrays.asList(lines).subList(Math.max(0, lines.length - END_LINES), lines.length));
    }

    private String text() {
        try {
            byte[] all = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            int from = (int) Math.min(start, all.length);
            return new String(all, from, all.length - from, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

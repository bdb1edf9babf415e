package io.anyqueue.samples.orders;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Where the orders come from: a file, the standard input, or the small file that comes with the sample; gzip or not. */
final class Input {
    private static final String STANDARD_INPUT = "-";
    private static final String BUILT_IN = "orders.jsonl";

    private Input() {}

    /**
     * Opens the input.
     *
     * @param name the file; {@code -} is the standard input and null the built-in file
     * @param standardInput the standard input
     * @return the bytes, decompressed
     * @throws UsageException if there is no such file, or it cannot be read
     */
    static InputStream open(@Nullable String name, InputStream standardInput) throws UsageException {
        try {
            if (name == null) {
                return Objects.requireNonNull(Input.class.getResourceAsStream(BUILT_IN), BUILT_IN);
            }
            return decompressed(name.equals(STANDARD_INPUT) ? standardInput : file(name));
        } catch (IOException e) {
            throw new UsageException("cannot read input " + name + ": " + e.getMessage(), e);
        }
    }

    private static InputStream file(String name) throws UsageException, IOException {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new UsageException("no such input: " + e.getMessage(), e);
        }
        if (!Files.exists(path)) {
            throw new UsageException("no such input: " + name);
        }
        if (Files.isDirectory(path)) {
            throw new UsageException("input is a directory: " + name);
        }
        if (!Files.isReadable(path)) {
            throw new UsageException("input may not be read: " + name);
        }
        return Files.newInputStream(path);
    }

    /** Looks at the first two bytes rather than at the name: the standard input has none. */
    private static InputStream decompressed(InputStream in) throws IOException {
        PushbackInputStream start = new PushbackInputStream(in, 2);
        byte[] magic = start.readNBytes(2);
        start.unread(magic);
        boolean gzip = magic.length == 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
        return gzip ? new GZIPInputStream(new Unhurried(new BufferedInputStream(start)), 64 * 1024) : start;
    }

    /**
     * A file of several gzip members is one file. {@code GZIPInputStream} looks for the next member only if bytes are
     * available, and a pipe may have none just then: the rest would be lost without a word.
     */
    private static final class Unhurried extends FilterInputStream {
        Unhurried(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 1;
        }
    }
}

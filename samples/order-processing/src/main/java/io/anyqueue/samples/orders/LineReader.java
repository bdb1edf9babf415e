package io.anyqueue.samples.orders;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Splits a stream into lines, and never holds more than one of bounded length. Not thread-safe. */
final class LineReader implements Closeable {
    private final InputStream in;
    private final int maxLength;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int limit;

    private byte[] line = new byte[8 * 1024];
    private int length;
    private boolean tooLong;
    private long number;

    LineReader(InputStream in, int maxLength) {
        this.in = in;
        this.maxLength = maxLength;
    }

    /**
     * Goes to the next line.
     *
     * @return whether there is one
     * @throws IOException if the stream cannot be read; {@link #number()} then is the line that was being read
     */
    boolean advance() throws IOException {
        length = 0;
        tooLong = false;
        if (position == limit && !fill()) {
            return false;
        }
        number++;
        while (true) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            append(end - position);
            position = end;
            if (position < limit) {
                position++;
                return true;
            }
            if (!fill()) {
                return true;
            }
        }
    }

    /** {@return the number of the current line, beginning with 1} */
    long number() {
        return number;
    }

    /** {@return whether the current line is longer than the limit and was skipped} */
    boolean tooLong() {
        return tooLong;
    }

    /** {@return the current line without its end; valid until the next one} */
    ByteBuffer content() {
        return ByteBuffer.wrap(line, 0, length);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void append(int count) {
        if (tooLong || count > maxLength - length) {
            tooLong = true;
            length = 0;
            return;
        }
        if (length + count > line.length) {
            line = Arrays.copyOf(line, Math.min(maxLength, Math.max(length + count, 2 * line.length)));
        }
        System.arraycopy(buffer, position, line, length, count);
        length += count;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }
}

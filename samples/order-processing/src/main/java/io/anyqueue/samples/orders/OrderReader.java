package io.anyqueue.samples.orders;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads orders, one JSON object a line, as they come: what is read is never held. A line that is no order is reported and
 * skipped, empty lines are passed over. Not thread-safe.
 */
final class OrderReader implements Closeable {
    /** Far above any order that a broker would take; it only keeps a file without line ends from filling the memory. */
    static final int MAX_LINE_BYTES = 16 * 1024 * 1024;

    /** Takes what is wrong with a line. */
    interface Problems {
        void malformed(long lineNumber, String problem);
    }

    private final LineReader lines;
    private final Problems problems;
    private final OrderParser parser = new OrderParser();

    OrderReader(InputStream in, Problems problems) {
        this.lines = new LineReader(in, MAX_LINE_BYTES);
        this.problems = problems;
    }

    /**
     * Reads the next order.
     *
     * @return the order; empty at the end
     * @throws IOException if the input cannot be read on
     */
    Optional<Order> next() throws IOException {
        while (lines.advance()) {
            try {
                if (lines.tooLong()) {
                    throw new MalformedOrderException("longer than " + MAX_LINE_BYTES + " bytes");
                }
                Optional<Order> order = parser.parse(lines.content());
                if (order.isPresent()) {
                    return order;
                }
            } catch (MalformedOrderException e) {
                problems.malformed(lines.number(), String.valueOf(e.getMessage()));
            }
        }
        return Optional.empty();
    }

    /** {@return the number of the line that was read last} */
    long lineNumber() {
        return lines.number();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}

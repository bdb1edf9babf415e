package io.anyqueue.kafka.internal;

import io.anyqueue.History;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * What a message went through before this record of it was written (rule RCV-5). Immutable.
 *
 * @param deliveries how often it was handed out
 * @param crashes how often that ended in a crash
 * @param attempts how often handling it failed
 * @param firstFailedAtMillis when that was first; 0 for never
 */
record Counters(int deliveries, int crashes, int attempts, long firstFailedAtMillis) {
    static final Counters NONE = new Counters(0, 0, 0, 0);

    /** Headers that begin with this are ours, and no user sees them. */
    static final String PREFIX = "anyqueue-";

    private static final String COUNTERS = PREFIX + "counters";
    private static final int MOST = Integer.MAX_VALUE / 2;

    /** {@return what a copy's header says; else what its sender knew} Broken headers count as none. */
    static Counters of(Headers headers, History history) {
        Header header = headers.lastHeader(COUNTERS);
        if (header != null && header.value() != null) {
            String[] parts = new String(header.value(), StandardCharsets.US_ASCII).split(",", -1);
            if (parts.length == 4) {
                return new Counters(
                        (int) number(parts[0], MOST),
                        (int) number(parts[1], MOST),
                        (int) number(parts[2], MOST),
                        number(parts[3], Long.MAX_VALUE));
            }
        }
        return history.equals(History.NONE)
                ? NONE
                : new Counters(history.deliveries(), 0, history.attempts(), history.firstFailedAtMillis());
    }

    void to(Headers headers) {
        String text = deliveries + "," + crashes + "," + attempts + "," + firstFailedAtMillis;
        headers.remove(COUNTERS).add(COUNTERS, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static long number(String text, long most) {
        try {
            return Math.min(most, Math.max(0, Long.parseLong(text)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}

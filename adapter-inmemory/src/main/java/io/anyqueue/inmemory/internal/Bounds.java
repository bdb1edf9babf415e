package io.anyqueue.inmemory.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How much one queue or subscription holds, and for how long ids are remembered. Immutable.
 *
 * @param maxMessages most messages
 * @param maxBytes most bytes
 * @param deduplication how long an id is remembered; zero for not at all
 */
record Bounds(long maxMessages, long maxBytes, Duration deduplication) {
    static final String MAX_MESSAGES = "max-messages";
    static final String MAX_BYTES = "max-bytes";
    static final String DEDUPLICATION = "deduplication-window";

    static final Bounds DEFAULT = new Bounds(1_000_000, 256L * 1024 * 1024, Duration.ofMinutes(2));

    private static final List<String> KEYS = List.of(MAX_MESSAGES, MAX_BYTES, DEDUPLICATION);

    /**
     * The same with what settings change.
     *
     * @param settings by the keys above; another one is refused
     * @param where the settings come from, for the message
     * @return the bounds
     */
    Bounds with(Map<String, String> settings, String where) {
        Bounds bounds = this;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            bounds = bounds.with(setting.getKey(), setting.getValue(), where);
        }
        return bounds;
    }

    private Bounds with(String key, String value, String where) {
        return switch (key) {
            case MAX_MESSAGES -> new Bounds(positive(key, value), maxBytes, deduplication);
            case MAX_BYTES -> new Bounds(maxMessages, positive(key, value), deduplication);
            case DEDUPLICATION -> new Bounds(maxMessages, maxBytes, duration(key, value));
            default ->
                throw new QueueException(
                        ErrorCode.INVALID_ARGUMENT,
                        where + " '" + key + "' is not known to the in-memory broker; the nearest is '" + nearest(key)
                                + "'");
        };
    }

    private static long positive(String key, String value) {
        try {
            long number = Long.parseLong(value.trim());
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, value, "a whole number above zero", e);
        }
        throw wrong(key, value, "a whole number above zero", null);
    }

    private static Duration duration(String key, String value) {
        try {
            Duration duration = Duration.parse(value.trim());
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            throw wrong(key, value, "a duration such as PT2M", e);
        }
        throw wrong(key, value, "a duration of zero or more, such as PT2M", null);
    }

    private static QueueException wrong(
            String key, String value, String right, @org.jspecify.annotations.Nullable Throwable cause) {
        return new QueueException(
                ErrorCode.INVALID_ARGUMENT, key + " must be " + right + ", is '" + value + "'", cause);
    }

    /** {@return the known word with the fewest letters to change} */
    static String nearest(String word) {
        return KEYS.stream()
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .orElse("");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}

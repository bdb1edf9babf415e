package io.anyqueue;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Refuses wrong arguments before anything happens, always in the same words. */
final class Arguments {
    private static final Duration LONGEST = Duration.ofMillis(Long.MAX_VALUE);

    private static final Instant EARLIEST = Instant.ofEpochMilli(Long.MIN_VALUE);
    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private Arguments() {}

    static <V> V notNull(@Nullable V value, String name) {
        if (value == null) {
            throw invalid(name + " is null");
        }
        return value;
    }

    static String notBlank(@Nullable String value, String name) {
        String checked = notNull(value, name);
        if (checked.isBlank()) {
            throw invalid(name + " is blank");
        }
        return checked;
    }

    static Duration notNegative(@Nullable Duration value, String name) {
        Duration checked = inMillis(value, name);
        if (checked.isNegative()) {
            throw invalid(name + " is negative: " + value);
        }
        return checked;
    }

    static Duration positive(@Nullable Duration value, String name) {
        Duration checked = inMillis(value, name);
        if (checked.isNegative() || checked.isZero()) {
            throw invalid(name + " must be more than zero, is " + value);
        }
        return checked;
    }

    static int atLeast(int minimum, int value, String name) {
        if (value < minimum) {
            throw invalid(name + " must be " + minimum + " or more, is " + value);
        }
        return value;
    }

    static Instant inMillis(@Nullable Instant value, String name) {
        Instant checked = notNull(value, name);
        if (checked.isBefore(EARLIEST) || checked.isAfter(LATEST)) {
            throw invalid(name + " is out of range: " + value);
        }
        return checked;
    }

    static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }

    /** A duration that overflows milliseconds could be compared with nothing later on. */
    private static Duration inMillis(@Nullable Duration value, String name) {
        Duration checked = notNull(value, name);
        if (checked.compareTo(LONGEST) > 0 || checked.compareTo(LONGEST.negated()) < 0) {
            throw invalid(name + " is out of range: " + value);
        }
        return checked;
    }
}

package io.anyqueue.core.threads;

import java.time.Duration;

/** Durations in nanoseconds; what is longer than 146 years is as good as that, and can be added to a time. */
public final class Nanos {
    private static final long LONGEST = Long.MAX_VALUE / 2;

    private Nanos() {}

    /** {@return the duration in nanoseconds, cut to what fits} */
    public static long of(Duration duration) {
        return duration.compareTo(Duration.ofNanos(LONGEST)) >= 0 ? LONGEST : duration.toNanos();
    }
}

package io.anyqueue.core.failure;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Spreads retries, so that what failed together does not come back together. */
final class Jitter {
    private static final long IN_PLACE_MIN_MILLIS = 50;
    private static final long IN_PLACE_MAX_MILLIS = 500;
    private static final double SHARE = 0.2;

    private Jitter() {}

    static Duration inPlace() {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(IN_PLACE_MIN_MILLIS, IN_PLACE_MAX_MILLIS + 1));
    }

    /** {@return the delay or up to a fifth more: what was configured is the least} */
    static Duration upwards(Duration delay) {
        long millis = delay.toMillis();
        return delay.plusMillis(
                (long) (millis * SHARE * ThreadLocalRandom.current().nextDouble()));
    }
}

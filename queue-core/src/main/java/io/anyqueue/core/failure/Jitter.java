package io.anyqueue.core.failure;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Spreads retries, so that what failed together does not come back together. */
final class Jitter {
    private static final long IN_PLACE_MIN_MILLIS = 50;
    private static final long IN_PLACE_MAX_MILLIS = 500;
    private static final double SHARE = 0.2;

    private final Supplier<RandomGenerator> random;

    Jitter(Supplier<RandomGenerator> random) {
        this.random = random;
    }

    Duration inPlace() {
        return Duration.ofMillis(random.get().nextLong(IN_PLACE_MIN_MILLIS, IN_PLACE_MAX_MILLIS + 1));
    }

    /** {@return the delay or up to a fifth more: what was configured is the least} */
    Duration upwards(Duration delay) {
        long millis = delay.toMillis();
        return delay.plusMillis((long) (millis * SHARE * random.get().nextDouble()));
    }
}

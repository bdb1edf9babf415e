package io.anyqueue.spi.support;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The pauses between attempts to reach a broker: they double up to a bound, and each is shortened by up to a half at random,
 * so that many clients do not come back in the same moment. Used by one thread.
 */
final class Backoff {
    static final Duration FIRST = Duration.ofMillis(100);
    static final Duration LONGEST = Duration.ofSeconds(5);

    private final RandomGenerator random;
    private long nextMillis = FIRST.toMillis();

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    Duration next() {
        long pause = nextMillis - random.nextLong(nextMillis / 2 + 1);
        nextMillis = Math.min(2 * nextMillis, LONGEST.toMillis());
        return Duration.ofMillis(pause);
    }

    void reset() {
        nextMillis = FIRST.toMillis();
    }
}

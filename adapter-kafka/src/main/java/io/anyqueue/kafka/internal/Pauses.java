package io.anyqueue.kafka.internal;

import java.util.concurrent.ThreadLocalRandom;

/** Pauses between tries that grow to some seconds, with jitter so that clients do not come back all at once. Safe for use by any thread. */
final class Pauses {
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 4_000;

    private long next = FIRST_MILLIS;

    synchronized long nextMillis() {
        long pause = next - ThreadLocalRandom.current().nextLong(next / 2 + 1);
        next = Math.min(LONGEST_MILLIS, 2 * next);
        return pause;
    }

    synchronized void reset() {
        next = FIRST_MILLIS;
    }

    /** {@return whether it has gone on for some seconds} */
    synchronized boolean isLong() {
        return next >= LONGEST_MILLIS;
    }
}

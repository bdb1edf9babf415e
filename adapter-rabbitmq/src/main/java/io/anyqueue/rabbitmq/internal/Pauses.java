package io.anyqueue.rabbitmq.internal;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between tries that grow to some seconds, with jitter so that clients do not come back all at once. Safe for use by any
 * thread.
 */
final class Pauses {
    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 4_000;
    /** A server may lock out whoever goes on with a wrong password. */
    private static final long LONGEST_REFUSED_MILLIS = 30_000;

    private long next = FIRST_MILLIS;

    synchronized long nextMillis() {
        return nextMillis(LONGEST_MILLIS);
    }

    /** {@return the pause after a login that was refused} */
    synchronized long afterRefusalMillis() {
        return nextMillis(LONGEST_REFUSED_MILLIS);
    }

    private long nextMillis(long longest) {
        long now = Math.min(next, longest);
        next = Math.min(longest, 2 * now);
        return now - ThreadLocalRandom.current().nextLong(now / 2 + 1);
    }

    synchronized void reset() {
        next = FIRST_MILLIS;
    }

    /** {@return whether it has gone on for some seconds} */
    synchronized boolean isLong() {
        return next >= LONGEST_MILLIS;
    }
}

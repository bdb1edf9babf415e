package io.anyqueue.kafka.internal;

/**
 * The partitions of a topic of delayed messages: in each one waits for a fixed time, so the head is always due first. What has to wait
 * for longer than that is moved on to the level that is nearest below what is left (rules DLY-1, DLY-2). Stateless.
 */
final class DelayLevels {
    /** From 250 ms to 68 minutes; what is longer goes through the last one several times. */
    static final int COUNT = 8;

    private static final long FIRST_MILLIS = 250;

    private DelayLevels() {}

    /** {@return the longest level that is over before that} */
    static int level(long delayMillis) {
        int level = 0;
        while (level < COUNT - 1 && millis(level + 1) <= delayMillis) {
            level++;
        }
        return level;
    }

    /** {@return how long a message stays in a level at most} */
    static long millis(int level) {
        return FIRST_MILLIS << (2 * level);
    }
}

package io.anyqueue;

/**
 * What a message went through before this copy of it: carried along when a retry or a dead letter stores it anew (rule
 * RTY-1, RCV-5).
 *
 * <p>Immutable; safe for use by any thread.
 *
 * @param attempts how often our handler ran and failed
 * @param deliveries how often a broker handed it out
 * @param firstFailedAtMillis when it failed first, in milliseconds since the epoch; 0 if it never did
 */
public record History(int attempts, int deliveries, long firstFailedAtMillis) {
    /** Of a message that was just sent. */
    public static final History NONE = new History(0, 0, 0);

    /**
     * Checks the counters.
     *
     * @param attempts how often our handler ran and failed
     * @param deliveries how often a broker handed it out
     * @param firstFailedAtMillis when it failed first, in milliseconds since the epoch; 0 if it never did
     * @throws QueueException INVALID_ARGUMENT if one is negative
     */
    public History {
        Arguments.atLeast(0, attempts, "attempts");
        Arguments.atLeast(0, deliveries, "deliveries");
    }
}

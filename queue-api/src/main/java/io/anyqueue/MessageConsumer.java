package io.anyqueue;

import java.time.Duration;

/**
 * A running consumer. It is owned by its client, which stops it when it is closed. Safe for use by any thread.
 */
public interface MessageConsumer {
    /** Stops fetching and keeps session, assignment and leases; running handlers go on (rule BKP-4). */
    void pause();

    /** Goes on after {@link #pause()}. */
    void resume();

    /**
     * Changes how many handlers run at once (rule BKP-2).
     *
     * @param handlers 1 to 10,000
     */
    void concurrency(int handlers);

    /**
     * Stops: fetches no more, gives running handlers the grace period, then interrupts them, and gives back what was not
     * started (rule LIF-1). Calling it again waits for the first call's end. From a handler of this consumer it does not
     * wait for that handler.
     *
     * @param grace zero or more
     * @return whether every running handler ended within the grace period
     */
    boolean stop(Duration grace);

    /** {@return whether it makes progress and, if not, why and since when (rule LIF-4)} */
    Health health();
}

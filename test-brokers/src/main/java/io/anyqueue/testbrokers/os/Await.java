package io.anyqueue.testbrokers.os;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does. Safe for use by many threads. */
public final class Await {
    private static final long PAUSE_MILLIS = 20;

    private Await() {}

    /**
     * Waits until a condition holds.
     *
     * @param limit how long at most
     * @param condition asked again and again
     * @param complaint the message of the exception if the time is over
     * @throws IllegalStateException if the condition did not hold in time
     */
    public static void until(Duration limit, BooleanSupplier condition, Supplier<String> complaint) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + complaint.get());
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }
}

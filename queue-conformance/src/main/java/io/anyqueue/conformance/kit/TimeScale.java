package io.anyqueue.conformance.kit;

import java.time.Duration;

/** Stretches every time limit of the kit on a slow machine: {@code ANYQUEUE_TIME_SCALE}, a factor of 0.1 to 100, default 1. */
public final class TimeScale {
    /** The name of the environment variable. */
    public static final String VARIABLE = "ANYQUEUE_TIME_SCALE";

    private static final double FACTOR = read(System.getenv(VARIABLE));

    private TimeScale() {}

    /**
     * A limit, stretched.
     *
     * @param limit the limit on an ordinary machine
     * @return the limit here
     */
    public static Duration scaled(Duration limit) {
        return Duration.ofNanos((long) (limit.toNanos() * FACTOR));
    }

    static double read(String text) {
        if (text == null || text.isBlank()) {
            return 1;
        }
        try {
            double factor = Double.parseDouble(text.strip());
            if (factor >= 0.1 && factor <= 100) {
                return factor;
            }
        } catch (NumberFormatException e) {
            // Refused below, with the value.
        }
        throw new IllegalArgumentException(VARIABLE + " is a factor of 0.1 to 100, not '" + text + "'");
    }
}

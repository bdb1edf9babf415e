package io.anyqueue.core.pipeline;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.spi.Delivery;

/**
 * How often a message may be handed out without an outcome before it is taken for one that kills its process (rule DLQ-3).
 * Immutable.
 *
 * @param most the handler still runs after this many
 */
public record CrashLimit(int most) {
    private static final int KNOWN = 6;
    /** Where a release cannot be told from a crash, releases must not use up the limit. */
    private static final int UNSURE = 20;

    /** {@return the limit of a source with these capabilities} */
    public static CrashLimit of(Capabilities capabilities) {
        return new CrashLimit(capabilities.has(Feature.CRASH_COUNT) ? KNOWN : UNSURE);
    }

    /** {@return whether the handler must not run} */
    public boolean isExceeded(Delivery delivery) {
        return delivery.crashes() > most;
    }

    /** {@return whether it may have been this message, or one that ran beside it} */
    public boolean isSuspect(Delivery delivery) {
        int crashes = delivery.crashes();
        return crashes >= most / 2 && crashes <= most;
    }
}

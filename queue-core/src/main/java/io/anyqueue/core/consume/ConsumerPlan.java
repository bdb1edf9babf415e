package io.anyqueue.core.consume;

import io.anyqueue.KeyParking;
import io.anyqueue.StartAt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a consumer that are not about one message.
 *
 * @param concurrency handlers at once
 * @param timeout the handler time-out
 * @param leaseMax how long a lease is kept at most
 * @param start where a new subscription begins
 * @param paused whether it starts paused
 * @param parking where it keeps parked keys; null if it parks none
 */
public record ConsumerPlan(
        int concurrency,
        Duration timeout,
        Duration leaseMax,
        StartAt start,
        boolean paused,
        @Nullable KeyParking parking) {
    /** Messages that one consumer holds at most, waiting, running and on hold. */
    static final int MAX_MESSAGES = 1_000;

    static final long MAX_BYTES = 64L * 1024 * 1024;
}

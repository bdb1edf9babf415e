package io.anyqueue.core.consume;

import io.anyqueue.StartAt;
import java.time.Duration;

/**
 * The settings of a consumer that are not about one message.
 *
 * @param concurrency handlers at once
 * @param timeout the handler time-out
 * @param leaseMax how long a lease is kept at most
 * @param start where a new subscription begins
 * @param paused whether it starts paused
 */
public record ConsumerPlan(int concurrency, Duration timeout, Duration leaseMax, StartAt start, boolean paused) {
    /** Messages that one consumer holds at most, waiting, running and on hold. */
    static final int MAX_MESSAGES = 1_000;

    static final long MAX_BYTES = 64L * 1024 * 1024;
}

package io.anyqueue;

import java.time.Duration;

/**
 * The limits of a broker for one destination. Immutable; safe for use by any thread.
 *
 * @param maxBytes the largest message, headers included, in bytes as {@link Message#size()} counts them
 * @param maxDelay the longest delay of a send
 * @param maxRelease the longest delay of a release
 * @param maxLease the longest lease
 * @param maxDeliveries after how many deliveries the broker itself gives a message up; {@link Integer#MAX_VALUE} for never
 * @param maxName the longest physical name, in bytes of UTF-8
 * @param crashDetection how long it takes at most until what a dead consumer held is delivered again, where leases are a
 *     session's
 * @param subscriptionVisible how long before a send a subscription must be declared to be sure to receive it
 * @param ackLoss for how long an accepted acknowledgement can still be lost with its session (rule SET-1)
 * @param retention how long a message is kept that nobody consumes
 */
public record Limits(
        long maxBytes,
        Duration maxDelay,
        Duration maxRelease,
        Duration maxLease,
        int maxDeliveries,
        int maxName,
        Duration crashDetection,
        Duration subscriptionVisible,
        Duration ackLoss,
        Duration retention) {
    /** Stands for no limit. */
    public static final Duration UNLIMITED = Duration.ofMillis(Long.MAX_VALUE);
}

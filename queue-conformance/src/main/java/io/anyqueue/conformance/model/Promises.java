package io.anyqueue.conformance.model;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.spi.Spec;
import java.time.Duration;

/**
 * What an adapter promises of one source. Immutable.
 *
 * @param ordered ORD-1: by key
 * @param fenced SET-2: late settlements are stale
 * @param exactDeliveries RCV-5: each delivery is counted once
 * @param attemptsKept RCV-5: attempts are what the last release said
 * @param crashCount DLQ-3: a release is no crash
 * @param lease the lease
 * @param ackLoss SET-1: how long an acknowledgement may be lost with its session
 */
record Promises(
        boolean ordered,
        boolean fenced,
        boolean exactDeliveries,
        boolean attemptsKept,
        boolean crashCount,
        Duration lease,
        Duration ackLoss) {
    static Promises of(Capabilities capabilities, Spec source) {
        return new Promises(
                source.ordered(),
                capabilities.has(Feature.STALE_FENCED),
                capabilities.has(Feature.EXACT_DELIVERIES),
                capabilities.has(Feature.ATTEMPTS_KEPT),
                capabilities.has(Feature.CRASH_COUNT),
                source.lease(),
                capabilities.limits().ackLoss());
    }
}

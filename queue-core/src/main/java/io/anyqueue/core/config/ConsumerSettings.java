package io.anyqueue.core.config;

import io.anyqueue.RetryPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * What operators set for a consumer from outside; it beats the code.
 *
 * @param enabled whether it is started at all; default true
 * @param concurrency handlers at once
 * @param timeout the handler time-out
 * @param retry the retry policy
 * @param deadLetterExpired whether expired messages are dead-lettered rather than dropped; default false
 * @param leaseMax how long a lease is kept at most
 */
public record ConsumerSettings(
        boolean enabled,
        Optional<Integer> concurrency,
        Optional<Duration> timeout,
        Optional<RetryPolicy> retry,
        boolean deadLetterExpired,
        Duration leaseMax) {
    static final Duration DEFAULT_LEASE_MAX = Duration.ofMinutes(15);
}

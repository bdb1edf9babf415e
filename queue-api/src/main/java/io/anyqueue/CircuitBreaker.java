package io.anyqueue;

import java.time.Duration;

/**
 * When a consumer stops fetching because too many handlers fail, and for how long (rule BKP-3).
 *
 * <p>Immutable; each method returns a new value. Safe for use by any thread.
 *
 * @param failureRate the share of failed attempts from which it opens, above 0 and up to 1
 * @param minimumPause the first pause
 * @param maximumPause the longest pause; each is twice the one before while the failures go on
 */
public record CircuitBreaker(double failureRate, Duration minimumPause, Duration maximumPause) {
    /**
     * Checks the values.
     *
     * @param failureRate the share of failed attempts from which it opens, above 0 and up to 1
     * @param minimumPause the first pause
     * @param maximumPause the longest pause; each is twice the one before while the failures go on
     * @throws QueueException INVALID_ARGUMENT if one is out of range
     */
    public CircuitBreaker {
        if (!(failureRate > 0 && failureRate <= 1)) {
            throw Arguments.invalid("failureRate must be above 0 and at most 1, is " + failureRate);
        }
        Arguments.positive(minimumPause, "minimumPause");
        Arguments.positive(maximumPause, "maximumPause");
        if (maximumPause.compareTo(minimumPause) < 0) {
            throw Arguments.invalid("maximumPause " + maximumPause + " is less than minimumPause " + minimumPause);
        }
    }

    /** {@return a breaker that opens at 50 % failures and pauses 30 s to 5 min} */
    public static CircuitBreaker standard() {
        return new CircuitBreaker(0.5, Duration.ofSeconds(30), Duration.ofMinutes(5));
    }

    /**
     * Sets the share of failures.
     *
     * @param share above 0 and up to 1
     * @return a new value
     */
    public CircuitBreaker failureRate(double share) {
        return new CircuitBreaker(share, minimumPause, maximumPause);
    }

    /**
     * Sets the pauses.
     *
     * @param minimum the first, more than zero
     * @param maximum the longest, at least the first
     * @return a new value
     */
    public CircuitBreaker pause(Duration minimum, Duration maximum) {
        return new CircuitBreaker(failureRate, minimum, maximum);
    }
}

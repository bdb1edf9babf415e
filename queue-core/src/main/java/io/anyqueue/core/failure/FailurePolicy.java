package io.anyqueue.core.failure;

import io.anyqueue.HandlingException;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Decides what becomes of a delivery whose handler failed (rules RTY-1, RTY-2): the same on every broker, as it knows
 * nothing of them. Immutable; safe for use by any thread.
 *
 * @param retry when to run again
 * @param ordered whether a message that is run again must hold its key
 * @param whenExhausted what to do when the attempts are used up
 * @param random the source of what is added to delays
 */
public record FailurePolicy(
        RetryPolicy retry, boolean ordered, WhenExhausted whenExhausted, Supplier<RandomGenerator> random) {
    /** How long a message may be put off by its handler where the policy sets no total time. */
    private static final Duration LONGEST_PUT_OFF = Duration.ofDays(3);

    /**
     * Tells whether a failure is an attempt: "run me later" and "busy" are not.
     *
     * @param failure what the handler threw
     */
    public static boolean counts(Throwable failure) {
        return !(failure instanceof HandlingException handling) || handling.kind() == HandlingException.Kind.PERMANENT;
    }

    /**
     * Decides.
     *
     * @param failure what the handler threw
     * @param attempts how often it has failed, this time included if it counts
     * @param sinceFirstFailure how long ago it failed first
     */
    public Outcome decide(Throwable failure, int attempts, Duration sinceFirstFailure) {
        if (failure instanceof HandlingException handling) {
            return handling.delay()
                    .map(after -> putOff(handling, after, sinceFirstFailure))
                    .orElseGet(() -> new Outcome.DeadLetter(DeadLetterReason.PERMANENT, handling));
        }
        if (retry.isPermanent(failure)) {
            return new Outcome.DeadLetter(DeadLetterReason.PERMANENT, failure);
        }
        boolean attemptsLeft =
                retry.maxAttempts().isEmpty() || attempts < retry.maxAttempts().getAsInt();
        if (attempts <= retry.inPlaceRetries() && attemptsLeft) {
            return new Outcome.Hold(new Jitter(random).inPlace());
        }
        return retry.delayAfter(attempts, sinceFirstFailure)
                .map(delay -> later(jittered(delay, sinceFirstFailure)))
                .orElseGet(() -> exhausted(failure));
    }

    /** What is added at random must not go beyond the total time. */
    private Duration jittered(Duration delay, Duration sinceFirstFailure) {
        Duration jittered = new Jitter(random).upwards(delay);
        return retry.total()
                .map(total -> total.minus(sinceFirstFailure))
                .filter(left -> left.compareTo(jittered) < 0)
                .orElse(jittered);
    }

    private Outcome later(Duration after) {
        return retry.isBlocking() ? new Outcome.Hold(after) : new Outcome.Retry(after);
    }

    /** {@return whether a message that comes with this many attempts must not be run again} */
    public boolean isExhausted(int attempts) {
        return retry.maxAttempts().isPresent()
                && attempts >= retry.maxAttempts().getAsInt();
    }

    /** {@return the outcome of a message whose attempts are used up} */
    public Outcome exhausted(Throwable failure) {
        return whenExhausted == WhenExhausted.DROP
                ? new Outcome.Drop(Outcome.Drop.Why.EXHAUSTED, failure)
                : new Outcome.DeadLetter(DeadLetterReason.EXHAUSTED, failure);
    }

    /** Not an attempt. On an ordered source the message keeps its lane, as going back would let others overtake. */
    private Outcome putOff(HandlingException handling, Duration after, Duration sinceFirstFailure) {
        Duration longest = retry.total().orElse(LONGEST_PUT_OFF);
        boolean bounded = handling.kind() == HandlingException.Kind.RETRY_AFTER;
        if (bounded && sinceFirstFailure.plus(after).compareTo(longest) > 0) {
            return exhausted(handling);
        }
        return ordered ? new Outcome.Hold(after) : new Outcome.Release(after);
    }
}

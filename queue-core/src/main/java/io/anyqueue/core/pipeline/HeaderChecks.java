package io.anyqueue.core.pipeline;

import io.anyqueue.Feature;
import io.anyqueue.core.failure.DeadLetterReason;
import io.anyqueue.core.failure.FailurePolicy;
import io.anyqueue.core.failure.Outcome;
import io.anyqueue.spi.Delivery;
import org.jspecify.annotations.Nullable;

/** What is decided from a delivery's counters and times alone, before any work (rules EXP-1, DLQ-3). */
final class HeaderChecks {
    private static final int CRASH_LIMIT = 6;
    /** Where a release cannot be told from a crash, releases must not use up the limit. */
    private static final int CRASH_LIMIT_UNSURE = 20;

    private final Source source;
    private final FailurePolicy policy;
    private final boolean deadLetterExpired;
    private final int crashLimit;

    HeaderChecks(Source source, FailurePolicy policy, boolean deadLetterExpired) {
        this.source = source;
        this.policy = policy;
        this.deadLetterExpired = deadLetterExpired;
        this.crashLimit = source.capabilities().has(Feature.CRASH_COUNT) ? CRASH_LIMIT : CRASH_LIMIT_UNSURE;
    }

    /** {@return the outcome if the handler must not run} */
    @Nullable
    Outcome check(Job job) {
        Delivery delivery = job.delivery();
        long expires = delivery.message().expiresAtMillis();
        if (expires != 0 && source.time().currentTimeMillis() >= expires) {
            return deadLetterExpired
                    ? new Outcome.DeadLetter(DeadLetterReason.EXPIRED, null)
                    : new Outcome.Drop(Outcome.Drop.Why.EXPIRED);
        }
        if (delivery.crashes() > crashLimit) {
            return new Outcome.DeadLetter(DeadLetterReason.CRASHES, null);
        }
        if (job.attempts() > 0 && policy.isExhausted(job.attempts())) {
            return policy.exhausted(new IllegalStateException("the attempts were used up before: " + job.attempts()));
        }
        return null;
    }
}

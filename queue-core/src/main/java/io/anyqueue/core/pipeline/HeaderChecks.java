package io.anyqueue.core.pipeline;

import io.anyqueue.core.failure.DeadLetterReason;
import io.anyqueue.core.failure.FailurePolicy;
import io.anyqueue.core.failure.Outcome;
import io.anyqueue.spi.Delivery;
import org.jspecify.annotations.Nullable;

/** What is decided from a delivery's counters and times alone, before any work (rules EXP-1, DLQ-3). */
final class HeaderChecks {
    private final Source source;
    private final FailurePolicy policy;
    private final boolean deadLetterExpired;
    private final CrashLimit crashLimit;

    HeaderChecks(Source source, FailurePolicy policy, boolean deadLetterExpired) {
        this.source = source;
        this.policy = policy;
        this.deadLetterExpired = deadLetterExpired;
        this.crashLimit = CrashLimit.of(source.capabilities());
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
        if (crashLimit.isExceeded(delivery)) {
            return new Outcome.DeadLetter(DeadLetterReason.CRASHES, null);
        }
        if (job.attempts() > 0 && policy.isExhausted(job.attempts())) {
            return policy.exhausted(new IllegalStateException("the attempts were used up before: " + job.attempts()));
        }
        return null;
    }
}

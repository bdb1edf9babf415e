package io.anyqueue.conformance.runtime;

import io.anyqueue.ErrorCode;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose first claims fail. Safe for use by any thread. */
final class FlakyStore implements IdempotencyStore {
    private final IdempotencyStore to;
    private final int failures;
    private final AtomicInteger refused = new AtomicInteger();

    FlakyStore(IdempotencyStore to, int failures) {
        this.to = to;
        this.failures = failures;
    }

    int refused() {
        return refused.get();
    }

    @Override
    public Claim claim(String scope, String key, Duration lease, Instant now) {
        if (refused.get() < failures) {
            refused.incrementAndGet();
            throw new QueueException(ErrorCode.UNAVAILABLE, "the store is away");
        }
        return to.claim(scope, key, lease, now);
    }

    @Override
    public boolean renew(String scope, String key, long token, Duration lease, Instant now) {
        return to.renew(scope, key, token, lease, now);
    }

    @Override
    public boolean complete(String scope, String key, long token, Instant now) {
        return to.complete(scope, key, token, now);
    }

    @Override
    public boolean release(String scope, String key, long token) {
        return to.release(scope, key, token);
    }

    @Override
    public Duration retention() {
        return to.retention();
    }
}

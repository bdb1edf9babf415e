package io.anyqueue.core.pipeline;

import io.anyqueue.IdempotencyStore;
import io.anyqueue.IdempotencyStore.Claim;
import io.anyqueue.core.failure.Outcome;
import io.anyqueue.core.metrics.ConsumeMetrics;
import io.anyqueue.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims a message before its handler runs and records it as handled afterwards (rules IDM-1, IDM-2). Called by worker
 * threads, which the store may block.
 */
final class Idempotency {
    private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final IdempotencyStore store;
    private final String scope;
    private final Duration lease;
    private final TimeSource time;
    private final ConsumeMetrics metrics;

    Idempotency(IdempotencyStore store, String scope, Duration timeout, TimeSource time, ConsumeMetrics metrics) {
        this.store = store;
        this.scope = scope;
        this.lease = timeout.plus(MARGIN);
        this.time = time;
        this.metrics = metrics;
    }

    Claim claim(String key) {
        return store.claim(scope, key, lease, now());
    }

    /** {@return the outcome for a message that was handled or is being handled by somebody else} */
    Outcome refused(Claim claim, boolean ordered) {
        if (claim instanceof Claim.InProgress busy) {
            Duration wait = Duration.between(now(), busy.until());
            Duration later = wait.compareTo(Duration.ofSeconds(1)) > 0 ? Duration.ofSeconds(1) : positive(wait);
            return ordered ? new Outcome.Hold(later) : new Outcome.Release(later);
        }
        if (claim instanceof Claim.Completed) {
            return new Outcome.Drop(Outcome.Drop.Why.DUPLICATE);
        }
        throw new IllegalStateException("the idempotency store answered " + claim);
    }

    void complete(String key, Claim.Granted claim) {
        if (!store.complete(scope, key, claim.token(), now())) {
            metrics.fenced.increment();
            LOG.warn("{}: the claim on {} was taken over while its handler ran longer than {}", scope, key, lease);
        }
    }

    void release(String key, Claim.Granted claim) {
        if (!store.release(scope, key, claim.token())) {
            metrics.fenced.increment();
        }
    }

    private static Duration positive(Duration wait) {
        return wait.isNegative() || wait.isZero() ? Duration.ofMillis(10) : wait;
    }

    private Instant now() {
        return Instant.ofEpochMilli(time.currentTimeMillis());
    }
}

package io.anyqueue.core;

import io.anyqueue.IdempotencyStore;
import java.time.Duration;
import java.time.Instant;

/** A store that a test takes away for a while. */
final class BrokenStore implements IdempotencyStore {
    private final IdempotencyStore store = IdempotencyStore.inMemory();
    volatile boolean away = true;

    private IdempotencyStore store() {
        if (away) {
            throw new IllegalStateException("the store is away");
        }
        return store;
    }

    @Override
    public Claim claim(String scope, String key, Duration lease, Instant now) {
        return store().claim(scope, key, lease, now);
    }

    @Override
    public boolean renew(String scope, String key, long token, Duration lease, Instant now) {
        return store().renew(scope, key, token, lease, now);
    }

    @Override
    public boolean complete(String scope, String key, long token, Instant now) {
        return store().complete(scope, key, token, now);
    }

    @Override
    public boolean release(String scope, String key, long token) {
        return store().release(scope, key, token);
    }

    @Override
    public Duration retention() {
        return store.retention();
    }
}

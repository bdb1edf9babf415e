package io.anyqueue.core.idempotency;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.anyqueue.IdempotencyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Remembers claims and completed messages in this process: completed ones for 10 minutes, at most 100,000. Claims in
 * progress weigh nothing and are never evicted, as that would let a second owner in (rule IDM-2). Safe for use by any thread.
 */
public final class InMemoryIdempotencyStore implements IdempotencyStore {
    private static final Duration RETENTION = Duration.ofMinutes(10);
    private static final long MAX_COMPLETED = 100_000;

    private final AtomicLong tokens = new AtomicLong();
    private final Cache<Key, Entry> entries = Caffeine.newBuilder()
            .maximumWeight(MAX_COMPLETED)
            .weigher((Key key, Entry entry) -> entry.completed() ? 1 : 0)
            .executor(Runnable::run)
            .build();

    private record Key(String scope, String key) {}

    /** A claim until its lease ends, or a completed record until its retention does. */
    private record Entry(long token, boolean completed, Instant until) {}

    @Override
    public Claim claim(String scope, String key, Duration lease, Instant now) {
        AtomicReference<@Nullable Claim> answer = new AtomicReference<>();
        entries.asMap().compute(new Key(scope, key), (k, entry) -> {
            if (entry != null && now.isBefore(entry.until())) {
                answer.set(entry.completed() ? new Claim.Completed() : new Claim.InProgress(entry.until()));
                return entry;
            }
            long token = tokens.incrementAndGet();
            answer.set(new Claim.Granted(token));
            return new Entry(token, false, now.plus(lease));
        });
        Claim claim = answer.get();
        if (claim == null) {
            throw new IllegalStateException("compute did not run");
        }
        return claim;
    }

    @Override
    public boolean renew(String scope, String key, long token, Duration lease, Instant now) {
        return replace(scope, key, token, new Entry(token, false, now.plus(lease)));
    }

    @Override
    public boolean complete(String scope, String key, long token, Instant now) {
        return replace(scope, key, token, new Entry(token, true, now.plus(RETENTION)));
    }

    @Override
    public boolean release(String scope, String key, long token) {
        return replace(scope, key, token, null);
    }

    @Override
    public Duration retention() {
        return RETENTION;
    }

    /** Changes a claim if it is the caller's still: only then the token is the same. */
    private boolean replace(String scope, String key, long token, @Nullable Entry changed) {
        boolean[] own = {false};
        entries.asMap().computeIfPresent(new Key(scope, key), (k, entry) -> {
            own[0] = entry.token() == token && !entry.completed();
            return own[0] ? changed : entry;
        });
        return own[0];
    }
}

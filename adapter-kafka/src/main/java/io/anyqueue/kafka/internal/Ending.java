package io.anyqueue.kafka.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Whether and until when a consumer is to end. Any thread begins it; the polling one carries it out. */
final class Ending {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private volatile boolean begun;
    private volatile long byNanos;

    void begin(Duration limit) {
        // Nobody waits for longer than the limit, and what was settled is worth a commit all the same.
        long nanos = limit.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : limit.toNanos();
        byNanos = System.nanoTime() + Math.max(SHORTEST.toNanos(), nanos);
        begun = true;
    }

    boolean isBegun() {
        return begun;
    }

    /** {@return how long a step may take, of this at most; before an end was asked for nothing is left} */
    Duration left(Duration most) {
        long nanos = begun ? Math.max(0, byNanos - System.nanoTime()) : 0;
        return nanos < most.toNanos() ? Duration.ofNanos(nanos) : most;
    }

    void end() {
        over.complete(null);
    }

    /** {@return completes when it is over} */
    CompletableFuture<Void> over() {
        return over;
    }
}

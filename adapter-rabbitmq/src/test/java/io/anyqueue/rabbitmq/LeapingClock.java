package io.anyqueue.rabbitmq;

import io.anyqueue.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The system's time, and what it was put ahead. Safe for use by any thread. */
final class LeapingClock implements TimeSource {
    private final AtomicLong aheadNanos = new AtomicLong();

    void leap(Duration ahead) {
        aheadNanos.addAndGet(ahead.toNanos());
    }

    @Override
    public long nanoTime() {
        return System.nanoTime() + aheadNanos.get();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis() + aheadNanos.get() / 1_000_000;
    }
}

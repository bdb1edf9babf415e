package io.anyqueue.core.deadletters;

import io.anyqueue.core.threads.Nanos;
import io.anyqueue.spi.TimeSource;
import java.time.Duration;

/** Spaces letters evenly, so that no period ever sees more than the rate. Used by one thread. */
final class Pace {
    private final TimeSource time;
    private final long intervalNanos;
    private long nextNanos;

    Pace(int letters, Duration period, TimeSource time) {
        this.time = time;
        this.intervalNanos = Nanos.of(period) / letters;
        this.nextNanos = time.nanoTime();
    }

    /** {@return how long the next letter has to wait; 0 or less for not at all} */
    long waitNanos() {
        return nextNanos - time.nanoTime();
    }

    /** A letter goes now. */
    void taken() {
        nextNanos = time.nanoTime() + intervalNanos;
    }
}

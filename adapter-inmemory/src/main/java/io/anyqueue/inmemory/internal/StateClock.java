package io.anyqueue.inmemory.internal;

import io.anyqueue.spi.TimeSource;

/** A client's clock in the time of the state: it runs with the client's nanoseconds and so does not jump. */
final class StateClock {
    /** Clients whose clocks differ by less read the same clock, at different moments. */
    private static final long SAME_CLOCK = 50 * BrokerState.NANOS_PER_MILLI;

    private final TimeSource time;
    private final long offset;

    private StateClock(TimeSource time, long offset) {
        this.time = time;
        this.offset = offset;
    }

    static StateClock of(TimeSource time) {
        return new StateClock(time, time.currentTimeMillis() * BrokerState.NANOS_PER_MILLI - time.nanoTime());
    }

    /** {@return this clock, set exactly to the other one if both show about the same} */
    StateClock alignedWith(StateClock other) {
        return Math.abs(offset - other.offset) < SAME_CLOCK ? new StateClock(time, other.offset) : this;
    }

    long now() {
        return time.nanoTime() + offset;
    }

    long offset() {
        return offset;
    }

    /**
     * {@return the state's time of a moment in milliseconds since the epoch; 0 if it is not in the future} The wall clock is read
     * first: a thread that is held up in between makes the moment late, and never early (rule DLY-1).
     */
    long due(long millis) {
        if (millis <= 0) {
            return 0;
        }
        long ahead = millis - time.currentTimeMillis();
        if (ahead <= 0) {
            return 0;
        }
        long now = now();
        return ahead > (Long.MAX_VALUE - now) / BrokerState.NANOS_PER_MILLI
                ? Long.MAX_VALUE
                : now + ahead * BrokerState.NANOS_PER_MILLI;
    }
}

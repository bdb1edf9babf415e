package io.anyqueue.inmemory.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.spi.TimeSource;
import org.junit.jupiter.api.Test;

class StateClockTest {
    private static final long MILLI = 1_000_000;

    /** Time goes on between any two looks at it, as it does for a thread that is held up. */
    private static final class Restless implements TimeSource {
        private long nanos;

        @Override
        public long nanoTime() {
            nanos += 300 * MILLI;
            return nanos;
        }

        @Override
        public long currentTimeMillis() {
            nanos += 300 * MILLI;
            return nanos / MILLI;
        }
    }

    @Test
    void dly1_neverEarlyHoweverSlowTheThread() {
        Restless time = new Restless();
        StateClock clock = StateClock.of(time);
        long moment = time.nanos / MILLI + 5_000;
        long due = clock.due(moment);
        long left = due - clock.offset() - moment * MILLI;
        assertThat(left).isNotNegative();
    }
}

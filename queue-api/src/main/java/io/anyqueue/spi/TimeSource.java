package io.anyqueue.spi;

import java.time.Clock;
import java.time.Instant;

/**
 * The one source of time of a client and its adapter, so that tests can turn the clock. Safe for use by any thread.
 */
public interface TimeSource {
    /** {@return nanoseconds since an arbitrary origin, for measuring and deadlines; compare by subtracting} */
    long nanoTime();

    /** {@return milliseconds since the epoch} */
    long currentTimeMillis();

    /** {@return the time of the system} */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }

    /**
     * The time of a clock, for virtual time.
     *
     * @param clock the clock
     * @return its time
     */
    static TimeSource of(Clock clock) {
        return new TimeSource() {
            @Override
            public long nanoTime() {
                Instant now = clock.instant();
                return now.getEpochSecond() * 1_000_000_000L + now.getNano();
            }

            @Override
            public long currentTimeMillis() {
                return clock.millis();
            }
        };
    }

    /** The time of the system. */
    enum SystemTime implements TimeSource {
        /** The only one. */
        INSTANCE;

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return System.currentTimeMillis();
        }
    }
}

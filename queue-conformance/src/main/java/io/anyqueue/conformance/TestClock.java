package io.anyqueue.conformance;

import io.anyqueue.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A clock that the kit turns, for adapters that have no time of their own, such as one in memory: cases then need no real time.
 * A broker outside the process cannot have one. Used by one thread at a time.
 */
public interface TestClock {
    /** {@return the time that the adapter is given} */
    TimeSource time();

    /** {@return the timers that the adapter is given; they ring while the clock is turned} */
    ScheduledExecutorService scheduler();

    /**
     * Lets time pass; what becomes due runs at its time, on the calling thread.
     *
     * @param by zero or more
     */
    void advance(Duration by);
}

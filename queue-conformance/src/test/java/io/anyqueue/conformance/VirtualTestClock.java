package io.anyqueue.conformance;

import io.anyqueue.spi.TimeSource;
import io.anyqueue.test.VirtualTime;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/** Virtual time as the kit turns it: for cases that stay on one thread. */
public final class VirtualTestClock implements TestClock {
    private final VirtualTime time = new VirtualTime();

    @Override
    public TimeSource time() {
        return time.timeSource();
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return time.scheduler();
    }

    @Override
    public void advance(Duration by) {
        time.advance(by);
    }
}

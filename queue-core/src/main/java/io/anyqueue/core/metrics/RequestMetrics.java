package io.anyqueue.core.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What is counted for the requests to one destination. */
public final class RequestMetrics {
    public final LongAdder answered = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final LongAdder timedOut = new LongAdder();

    RequestMetrics() {}
}

package io.anyqueue.core.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What is counted for one source. Adders cost a few nanoseconds; the registry reads them when asked. */
public final class ConsumeMetrics {
    public final LongAdder received = new LongAdder();
    public final LongAdder acknowledged = new LongAdder();
    public final LongAdder retried = new LongAdder();
    public final LongAdder released = new LongAdder();
    public final LongAdder deadLettered = new LongAdder();
    public final LongAdder parked = new LongAdder();
    public final LongAdder dropped = new LongAdder();
    public final LongAdder expired = new LongAdder();
    public final LongAdder skipped = new LongAdder();
    public final LongAdder duplicates = new LongAdder();
    public final LongAdder stale = new LongAdder();
    public final LongAdder lost = new LongAdder();
    public final LongAdder lostMessages = new LongAdder();
    public final LongAdder settleUnknown = new LongAdder();
    public final LongAdder deadLetterFailures = new LongAdder();
    public final LongAdder timeouts = new LongAdder();
    public final LongAdder fenced = new LongAdder();
    public final LongAdder repliesDropped = new LongAdder();
    public final LongAdder redriven = new LongAdder();
    public final LongAdder discarded = new LongAdder();
    public final LongAdder runs = new LongAdder();
    public final LongAdder runNanos = new LongAdder();

    ConsumeMetrics() {}
}

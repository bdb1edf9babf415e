package io.anyqueue.core.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What is counted for the sends to one destination. Adders cost a few nanoseconds; the registry reads them when asked. */
public final class SendMetrics {
    public final LongAdder confirmed = new LongAdder();
    public final LongAdder rejected = new LongAdder();
    public final LongAdder unconfirmed = new LongAdder();
    public final LongAdder resent = new LongAdder();
    public final LongAdder gateWaits = new LongAdder();
    public final LongAdder unrouted = new LongAdder();

    SendMetrics() {}
}

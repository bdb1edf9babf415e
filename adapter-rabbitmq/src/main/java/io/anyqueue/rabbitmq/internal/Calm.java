package io.anyqueue.rabbitmq.internal;

import java.util.concurrent.TimeUnit;

/** Whether nothing has arrived for a while, as far as looking now and then tells. Safe for use by any thread. */
final class Calm {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private int arrivals;
    private long sinceNanos;
    private boolean looked;
    private boolean lasting;

    synchronized void look(int arrivalsNow, long nowNanos) {
        if (!looked || arrivalsNow != arrivals) {
            arrivals = arrivalsNow;
            sinceNanos = nowNanos;
            looked = true;
        }
        lasting = nowNanos - sinceNanos >= LONG_NANOS;
    }

    /** {@return whether it was so at the last look and still is} */
    synchronized boolean isLong(int arrivalsNow) {
        return lasting && arrivalsNow == arrivals;
    }
}

package io.anyqueue.rabbitmq.internal;

import java.time.Duration;

/** For how long nothing has arrived, as far as looking now and then tells. Safe for use by any thread. */
final class Calm {
    private int arrivals;
    private boolean looked;
    private long sinceNanos;
    private Duration lasts = Duration.ZERO;

    synchronized void look(int arrivalsNow, long nowNanos) {
        if (!looked || arrivalsNow != arrivals) {
            arrivals = arrivalsNow;
            sinceNanos = nowNanos;
            looked = true;
        }
        lasts = Duration.ofNanos(nowNanos - sinceNanos);
    }

    /** {@return how long it lasted at the last look; zero if something has arrived since} */
    synchronized Duration lasts(int arrivalsNow) {
        return arrivalsNow == arrivals ? lasts : Duration.ZERO;
    }
}

package io.anyqueue.rabbitmq.internal;

import java.time.Duration;

/**
 * For how long the oldest of a channel's deliveries has been out, as far as looking at it now and then tells: up to a period less
 * than in truth. That costs nothing where messages come and go. Safe for use by any thread.
 */
final class Oldest {
    private long tag;
    private long sinceNanos;
    private Duration age = Duration.ZERO;

    /** @param oldest the tag of the oldest that is out; 0 if none is */
    synchronized void look(long oldest, long nowNanos) {
        if (oldest != tag) {
            tag = oldest;
            sinceNanos = nowNanos;
        }
        age = oldest == 0 ? Duration.ZERO : Duration.ofNanos(nowNanos - sinceNanos);
    }

    /** {@return its age when it was last looked at; zero if nothing was out} */
    synchronized Duration age() {
        return age;
    }
}

package io.anyqueue.test;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/** Shows virtual time. Safe for use by any thread. */
final class VirtualClock extends Clock {
    private static final long NANOS = 1_000_000_000L;

    private final LongSupplier nanos;
    private final ZoneId zone;

    VirtualClock(LongSupplier nanos) {
        this(nanos, ZoneOffset.UTC);
    }

    private VirtualClock(LongSupplier nanos, ZoneId zone) {
        this.nanos = nanos;
        this.zone = zone;
    }

    @Override
    public Instant instant() {
        long now = nanos.getAsLong();
        return Instant.ofEpochSecond(now / NANOS, now % NANOS);
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new VirtualClock(nanos, other);
    }
}

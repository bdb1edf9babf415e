package io.anyqueue.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether the broker can be reached, and who wants to know when that changes. Used by the test's thread. */
final class Outage {
    private final VirtualTime time;
    private final List<TestReceiver> receivers = new ArrayList<>();
    private Instant until = Instant.MIN;
    private @Nullable ScheduledFuture<?> end;

    Outage(VirtualTime time) {
        this.time = time;
    }

    void begin(Duration duration) {
        boolean wasOn = isOn();
        Instant later = time.clock().instant().plus(duration);
        if (later.isBefore(until)) {
            return;
        }
        until = later;
        if (end != null) {
            end.cancel(false);
        }
        end = time.scheduler().schedule(this::end, duration.toNanos(), TimeUnit.NANOSECONDS);
        if (!wasOn) {
            List.copyOf(receivers).forEach(TestReceiver::disconnected);
        }
    }

    private void end() {
        List.copyOf(receivers).forEach(TestReceiver::connected);
    }

    boolean isOn() {
        return time.clock().instant().isBefore(until);
    }

    void add(TestReceiver receiver) {
        receivers.add(receiver);
    }

    void remove(TestReceiver receiver) {
        receivers.remove(receiver);
    }
}

package io.anyqueue.core.consume;

import io.anyqueue.spi.TimeSource;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What keeps a consumer from making progress, and since when (rule LIF-4). Safe for use by any thread. */
final class Trouble {
    /** What can be wrong, one at a time of each. */
    enum Kind {
        /** Dead letters, copies or sends cannot be stored. */
        MOVE,
        /** The broker does not hand out. */
        RECEIVE
    }

    private final TimeSource time;
    private final Map<Kind, String> notes = new EnumMap<>(Kind.class);
    private volatile boolean any;

    Trouble(TimeSource time) {
        this.time = time;
    }

    synchronized void began(Kind kind, String what) {
        any = true;
        notes.putIfAbsent(kind, what + " (since " + Instant.ofEpochMilli(time.currentTimeMillis()) + ")");
    }

    void over(Kind kind) {
        if (any) {
            end(kind);
        }
    }

    private synchronized void end(Kind kind) {
        notes.remove(kind);
        any = !notes.isEmpty();
    }

    synchronized Collection<String> notes() {
        return List.copyOf(notes.values());
    }
}

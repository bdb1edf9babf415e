package io.anyqueue.core.consume;

import io.anyqueue.Health;
import io.anyqueue.spi.TimeSource;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What keeps a consumer from making progress, and since when (rule LIF-4). Safe for use by any thread. */
final class Trouble {
    /** What can be wrong, one at a time of each. */
    enum Kind {
        /** The process cannot run handlers. */
        FATAL(Health.Status.DOWN),
        /** Another consumer took the receiver's place for good. */
        FENCED(Health.Status.DOWN),
        /** The user paused it. */
        PAUSED(Health.Status.DEGRADED),
        /** The broker does not hand out. */
        RECEIVE(Health.Status.DEGRADED),
        /** Dead letters, copies or sends cannot be stored. */
        MOVE(Health.Status.DEGRADED),
        /** A store or destination that handlers need is away. */
        AWAY(Health.Status.DEGRADED),
        /** There are no threads to run handlers on. */
        THREADS(Health.Status.DEGRADED);

        private final Health.Status status;

        Kind(Health.Status status) {
            this.status = status;
        }
    }

    private record Note(long sinceMillis, String what) {}

    private final TimeSource time;
    private final Map<Kind, Note> notes = new EnumMap<>(Kind.class);
    private volatile boolean any;

    Trouble(TimeSource time) {
        this.time = time;
    }

    /** Again, it tells the latest about what began before. */
    synchronized void began(Kind kind, String what) {
        any = true;
        Note known = notes.get(kind);
        notes.put(kind, new Note(known == null ? time.currentTimeMillis() : known.sinceMillis(), what));
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

    synchronized boolean is(Kind kind) {
        return any && notes.containsKey(kind);
    }

    synchronized Health health(String consumer) {
        Health.Status worst = notes.keySet().stream()
                .map(kind -> kind.status)
                .max(Health.Status::compareTo)
                .orElse(Health.Status.UP);
        List<String> said = notes.values().stream()
                .map(note -> since(consumer, note.what(), note.sinceMillis()))
                .toList();
        return new Health(worst, said);
    }

    static String since(String consumer, String what, long millis) {
        return consumer + ": " + what + " (since " + Instant.ofEpochMilli(millis) + ")";
    }

    /** {@return when the first of what is wrong began, in milliseconds since the epoch; {@link Long#MAX_VALUE} if nothing is} */
    synchronized long sinceMillis() {
        return notes.values().stream().mapToLong(Note::sinceMillis).min().orElse(Long.MAX_VALUE);
    }
}

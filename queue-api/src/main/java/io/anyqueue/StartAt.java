package io.anyqueue;

import java.time.Instant;

/** Where a new subscription begins (rules RCV-2, RET-1). Immutable; safe for use by any thread. */
public sealed interface StartAt {
    /** {@return the oldest message that the topic retains} */
    static StartAt beginning() {
        return new Beginning();
    }

    /** {@return what is sent from the declaration on: the default} */
    static StartAt now() {
        return new Now();
    }

    /**
     * The first message from a time on.
     *
     * @param time the time
     * @return the position
     */
    static StartAt at(Instant time) {
        return new At(Arguments.inMillis(time, "time"));
    }

    /** The oldest message that the topic retains. */
    record Beginning() implements StartAt {}

    /** What is sent from the declaration on. */
    record Now() implements StartAt {}

    /**
     * The first message from a time on.
     *
     * @param time the time
     */
    record At(Instant time) implements StartAt {}
}

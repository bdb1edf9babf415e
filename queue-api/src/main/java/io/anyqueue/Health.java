package io.anyqueue;

import java.util.List;

/**
 * Whether something works, and if not why and since when (rule LIF-4). Immutable; safe for use by any thread.
 *
 * @param status the status
 * @param notes what an operator should know; no secrets
 */
public record Health(Status status, List<String> notes) {
    /** All is well. */
    public static final Health UP = new Health(Status.UP, List.of());

    /** How well it works, best first. */
    public enum Status {
        /** It works. */
        UP,
        /** It works in part, or waits for something. */
        DEGRADED,
        /** It does not work. */
        DOWN
    }

    /**
     * Copies the list.
     *
     * @param status the status
     * @param notes what an operator should know; no secrets
     */
    public Health {
        notes = List.copyOf(notes);
    }
}

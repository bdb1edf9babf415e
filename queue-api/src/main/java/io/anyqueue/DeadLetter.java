package io.anyqueue;

import java.time.Instant;

/** A message that was given up, with its provenance (rule DLQ-1). Immutable; safe for use by any thread. */
public interface DeadLetter {
    /** {@return the id of the original message} */
    String id();

    /** {@return the original message: its bytes and headers as they were} */
    Message original();

    /** {@return why it was given up: {@code PERMANENT}, {@code EXHAUSTED}, {@code UNDECODABLE}, {@code UNKNOWN_TYPE}, {@code CRASHES}, {@code EXPIRED} or {@code KEY_PARKED}, behind one of its key} */
    String reason();

    /** {@return the text of the last failure, at most 1 KiB; empty if there was none} */
    String error();

    /** {@return the class name of the last failure; empty if there was none} */
    String errorClass();

    /** {@return the same for failures of the same kind from the same place, for grouping} */
    String fingerprint();

    /** {@return the queue or topic it was sent to} */
    String source();

    /** {@return the subscription that failed; empty for a queue} */
    String subscription();

    /** {@return when it was given up} */
    Instant at();

    /** {@return when it failed first; the same as {@link #at()} if it did not fail before} */
    Instant firstFailedAt();

    /** {@return how often the handler ran and failed} */
    int attempts();

    /** {@return how often the broker handed it out} */
    int deliveries();

    /** {@return how often it was redriven before} */
    int redrives();
}

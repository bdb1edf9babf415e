package io.anyqueue.conformance.served;

/** What can be wrong with the server or its client. */
public enum Fault {
    /** A broken session is told to nobody. */
    NEVER_SAYS_LOST,
    /** What a broken session had acknowledged comes again. */
    DELIVERS_TWICE_AFTER_A_CRASH,
    /** What a broken session settles late is said to be done. */
    CONFIRMS_LATE_ACKS,
    /** After a broken session the receiver is connected, and consumes no more. */
    CONNECTED_AND_SILENT,
    /** The epoch stays as it was. */
    SAME_EPOCH,
    /** A hand-over does not wait for what runs. */
    HANDS_OVER_AT_ONCE,
    /** A hand-over waits for ever. */
    WAITS_FOR_EVER,
    /** A restart empties the queues. */
    LOSES_ON_RESTART,
    /** Confirms while the server is away. */
    CONFIRMS_WHILE_AWAY,
    /** Does not say that it is reconnecting. */
    SAYS_NOTHING,
    /** Shows the password. */
    SHOWS_THE_PASSWORD,
    /** Tries a wrong password again and again. */
    TRIES_TIGHTLY,
    /** Takes a wrong password for an absence. */
    CALLS_IT_UNAVAILABLE,
    /** Sessions break while messages are polled: bad luck, which is nothing to be caught. */
    BREAKS_WHILE_POLLING
}

package io.anyqueue.inmemory.internal;

/** What became of a command on one message. */
enum Outcome {
    /** It took effect. */
    DONE,
    /** It was stored before with the same id; not again. */
    DUPLICATE,
    /** The destination does not exist. */
    NOT_FOUND,
    /** The destination is full. */
    FULL,
    /** The message is larger than the destination takes. */
    TOO_LARGE,
    /** An ordered destination needs a key. */
    NO_KEY,
    /** An ordered destination takes no delay. */
    NO_DELAY,
    /** The delivery is not with this receiver any more. */
    STALE,
    /** The delivery is of another broker. */
    FOREIGN,
    /** A release with a negative delay. */
    NEGATIVE_DELAY,
    /** The sender is closed. */
    CLOSED;

    /** {@return whether a send with this outcome is confirmed} */
    boolean confirmed() {
        return this == DONE || this == DUPLICATE;
    }
}

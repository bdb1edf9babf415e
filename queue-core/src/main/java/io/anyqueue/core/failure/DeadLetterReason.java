package io.anyqueue.core.failure;

/** Why a message is given up. The names are on the wire. */
public enum DeadLetterReason {
    /** The handler said that no retry can help. */
    PERMANENT,
    /** The attempts are used up. */
    EXHAUSTED,
    /** The body is none of the type that the message says. */
    UNDECODABLE,
    /** The queue has no such type. */
    UNKNOWN_TYPE,
    /** The message was handed out too often without an outcome. */
    CRASHES,
    /** It was too old, and the consumer keeps such messages. */
    EXPIRED,
    /** An earlier message of its key was given up, and the key is parked. */
    KEY_PARKED
}

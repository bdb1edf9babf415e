package io.anyqueue;

/** What happens to a message whose attempts are used up. */
public enum WhenExhausted {
    /** Store it in the dead-letter queue and go on. */
    DEAD_LETTER,
    /**
     * On an ordered source: park it and the rest of its key, in order, until a redrive (rule ORD-4). That goes for every
     * message that becomes a dead letter, whatever the reason. All consumers of a source have to say so.
     */
    PARK_KEY,
    /** Drop it, with a counter and a log line. */
    DROP
}

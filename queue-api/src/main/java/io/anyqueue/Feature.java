package io.anyqueue;

/** What brokers differ in. Whether one has a feature, and how, is said by {@link Capabilities}. */
public enum Feature {
    /** Messages of one key are handled one at a time in the order they were sent (rule ORD-1). */
    ORDERED_KEYS,
    /** A sender may have several unconfirmed messages of one key without risking their order (rule SND-4). */
    ORDERED_PIPELINING,
    /**
     * Whatever waits goes to whoever has room, so nothing waits for a consumer that is slow or about to stop (rules BKP-1, LIF-1).
     * Where it is absent, a consumer owns a part of the source, and what is in there waits for it.
     */
    COMPETING_CONSUMERS,
    /** Topics with subscriptions (rule RCV-1). */
    TOPICS,
    /** Confirmed messages survive the death of the broker's process (rule SND-1). */
    DURABLE,
    /** A message can be sent with a delay (rule DLY-1). */
    DELAYED_SEND,
    /** A message can be given back with a delay (rule SET-1). */
    DELAYED_RELEASE,
    /** A message that is given back keeps the number of failed attempts (rule RCV-5). */
    ATTEMPTS_KEPT,
    /** The delivery count is exact (rule RCV-5). */
    EXACT_DELIVERIES,
    /** A crash is told from a release (rule DLQ-3). */
    CRASH_COUNT,
    /** The broker refuses settlements from a lost lease (rule SET-2). */
    STALE_FENCED,
    /** A lease can be prolonged while a handler runs (rule RCV-3). */
    LEASE_EXTENSION,
    /** Messages are stored and another is acknowledged in one step (rule SET-4). */
    ATOMIC_FORWARD,
    /** Priority levels. */
    PRIORITIES,
    /** Sending a message again with its id within a time stores it once. */
    DEDUPLICATION,
    /** Messages can be listed without being consumed. */
    BROWSE,
    /** A subscription can begin in the past. */
    REPLAY,
    /** What comes of a message is stored in one step with its acknowledgement, and appears once whatever crashes (rule SET-5). */
    TRANSACTIONS
}

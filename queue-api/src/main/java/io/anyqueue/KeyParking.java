package io.anyqueue;

import java.util.List;

/**
 * Keeps the messages of parked keys: for each the message that was given up, and behind it the later ones of its key, in their
 * order (rule ORD-4). Each is a dead letter with its provenance; the runtime reads and writes them, a store only keeps them.
 *
 * <p>Implementations are safe for use by any thread, in any process that consumes the source, and may block. What a call has
 * stored is seen by every call that begins after it returned. A store that is full or away throws a {@link QueueException}
 * (RESOURCE_EXHAUSTED, UNAVAILABLE); the message then stays on its source. {@link #isParked} is asked before each message is
 * handled, and {@link #count} by health and a gauge: both ought to be quick when nothing is parked.
 *
 * <p>A source is named as the broker knows it, the key is never empty.
 */
public interface KeyParking {
    /**
     * Tells whether a key is parked.
     *
     * @param source the queue or subscription
     * @param key the key
     * @return whether messages of the key are kept here
     */
    boolean isParked(String source, String key);

    /**
     * Puts a message behind those of its key, or parks the key with it. If one with its id is there, nothing changes.
     *
     * @param source the queue or subscription
     * @param key the key
     * @param message the message
     */
    void park(String source, String key, Message message);

    /**
     * Puts a message in the place of the one with its id; without one it does nothing.
     *
     * @param source the queue or subscription
     * @param key the key
     * @param message the message
     */
    void replace(String source, String key, Message message);

    /**
     * Takes a message out. With its last message a key is not parked any more.
     *
     * @param source the queue or subscription
     * @param key the key
     * @param id the message's id
     * @return whether it was there
     */
    boolean remove(String source, String key, String id);

    /**
     * Lists messages of a key, in their order.
     *
     * @param source the queue or subscription
     * @param key the key
     * @param after the id of the message behind which to begin; empty for the first. If there is none with it, the list is empty
     * @param max most messages; 1 or more
     * @return the messages; empty if there are no more
     */
    List<Message> messages(String source, String key, String after, int max);

    /**
     * Lists parked keys, in the order of {@link String#compareTo}.
     *
     * @param source the queue or subscription
     * @param after the key behind which to begin; empty for the first
     * @param max most keys; 1 or more
     * @return the keys; empty if there are no more
     */
    List<String> keys(String source, String after, int max);

    /**
     * Counts parked keys.
     *
     * @param source the queue or subscription
     * @return how many; about, if it changes meanwhile
     */
    long count(String source);
}

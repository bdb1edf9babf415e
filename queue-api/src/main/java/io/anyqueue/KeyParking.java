package io.anyqueue;

/**
 * Keeps the later messages of a key whose message was dead-lettered, in their order (rule ORD-4). Implementations are safe
 * for use by any thread and may block; they are called by handler threads only.
 */
public interface KeyParking {
    /**
     * Tells whether a key is parked.
     *
     * @param source the queue's or subscription's name
     * @param key the key
     * @return whether messages of the key are to be parked
     */
    boolean isParked(String source, String key);

    /**
     * Parks a message behind those of its key that are parked. Parking one again (same id) changes nothing.
     *
     * @param source the queue's or subscription's name
     * @param key the key
     * @param message the message
     */
    void park(String source, String key, Message message);
}

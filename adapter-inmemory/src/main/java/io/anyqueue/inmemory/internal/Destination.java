package io.anyqueue.inmemory.internal;

import io.anyqueue.Message;

/** Where messages can be sent. */
sealed interface Destination permits Source, Topic {
    Definition definition();

    /** {@return the ids of what was sent here} */
    RecentIds recentIds();

    /**
     * Tells whether there is no room.
     *
     * @param size the size of a message
     * @param delayed whether it is not due yet
     */
    boolean full(int size, boolean delayed);

    /** Sets room aside for messages, or gives it free again where the numbers are negative. */
    void reserve(int messages, int size, boolean delayed);

    /**
     * Stores a message, whether there is room or not.
     *
     * @param message the message
     * @param size its size
     * @param due when it may be delivered; not in the future for at once
     * @param state the broker
     * @return how many copies were stored
     */
    int store(Message message, int size, long due, BrokerState state);

    /** Does what is due. */
    void advance(BrokerState state);

    /** {@return when something will be due; {@link Long#MAX_VALUE} for never} */
    long nextDue();

    /** Removes all messages. */
    void clear(Effects effects);
}

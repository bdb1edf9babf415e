package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import io.anyqueue.spi.Receiver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How a receiver consumes: its one queue together with others, or the shards of an ordered source. What blocks is called by one
 * thread at a time, the receiver's upkeep; all else by any.
 */
interface Intake {
    /**
     * How much may be in the inbox.
     *
     * @param messages 0 for a pause
     * @param bytes may be overshot
     */
    record Room(int messages, long bytes) {}

    /** Brings consuming in line with the room. Blocks. */
    void adjust(Connection connection, Room room) throws IOException;

    /** {@return whether more has to be fetched} Asked after each poll. */
    boolean isLow(Room room);

    /** {@return whether adjusting might change something} Asked now and then. */
    boolean isOff(Room room);

    /** {@return whether it is to be handed out; else it was dealt with} */
    boolean arrived(RabbitMqDelivery delivery);

    /** Releases deliveries that were marked as settled, in order. */
    void release(List<Receiver.Release> releases, Receiver.Results results);

    /** {@return what there is of channels} */
    List<Subscription> subscriptions();

    /** {@return completes when releases that are under way are over} */
    CompletableFuture<Void> idle();

    /** {@return what an operator should know} */
    List<String> notes();

    /** Gives back all there is and closes the channels. Blocks for at most about the limit. */
    void close(long limitMillis);
}

package io.anyqueue.kafka.internal;

import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How a receiver consumes: as a member of a group that owns partitions, for now; one that shares them will be another. All of it may be
 * called by any thread and waits for nothing.
 */
interface Intake {
    /** Begins, or looks at the window again. */
    void windowChanged();

    /** Something was polled. */
    void polled();

    /** Acknowledges deliveries, and gives each its result. */
    void ack(List<KafkaDelivery> deliveries, Receiver.Results results);

    /** Releases deliveries, in order, and gives each its result. */
    void release(List<Receiver.Release> releases, Receiver.Results results);

    /**
     * Stores what follows from a delivery, and acknowledges it in the same step.
     *
     * @return whether it is done so, and a result comes
     */
    default boolean forward(KafkaDelivery delivery, List<Receiver.Forward> out, Receiver.Results results) {
        return false;
    }

    /** Stores what takes the place of claimed deliveries, which are settled by that. Closing waits for it. */
    void move(List<? extends Move> moves);

    /** {@return whether the delivery could still be settled} */
    boolean isOpen(KafkaDelivery delivery);

    /** {@return completes when what was acknowledged so far is committed} */
    CompletableFuture<Void> flush();

    /** {@return what an operator should know} */
    Optional<String> note();

    /** {@return completes when all is committed and the group was left, at about the limit at the latest} */
    CompletableFuture<Void> close(Duration limit);
}

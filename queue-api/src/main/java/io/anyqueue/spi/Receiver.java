package io.anyqueue.spi;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Receives from one queue or subscription and settles (rules RCV-1 to RCV-7, SET-1 to SET-4). No method blocks.
 * {@link #poll} has one caller at a time; everything else is safe for use by any thread. Settling never needs the adapter's
 * own polling thread, or revoking and draining would wait for each other.
 *
 * <p>On an ordered source the next delivery of a key is the oldest message of it that is neither settled nor with this receiver
 * already; as long as one of the key is with a receiver, none of it is handed to another (rule ORD-1).
 *
 * <p>Settling a delivery that this receiver did not hand out changes nothing: it is stale, or unknown with INVALID_ARGUMENT. After {@link #close} nothing is handed out, {@link #window} does nothing, settling is stale
 * and the listener hears no {@link ReceiverListener#readable()}.
 */
public interface Receiver {
    /**
     * Sets how much the adapter may hold that was not polled. Less than before gives the surplus back; 0 is a pause: the
     * buffer goes back, the session stays (rule BKP-4). What goes back so was not handed out: it counts no delivery and no
     * crash. What the adapter holds it keeps leased itself.
     *
     * @param messages most messages; 0 or more
     * @param bytes most bytes, 0 or more; may be overshot by one native fetch
     * @throws QueueException INVALID_ARGUMENT if one is negative
     */
    void window(int messages, long bytes);

    /**
     * Hands over deliveries that are there now; {@link ReceiverListener#readable()} says when there are new ones.
     *
     * @param max most deliveries, 1 or more
     * @param maxBytes most bytes, though at least one delivery is handed over if there is one
     * @param into takes each delivery; must not call this receiver. If it throws, so does this method: what it was given is
     *     handed over, what it was not given yet stays to be polled
     * @return how many were handed over
     * @throws QueueException INVALID_ARGUMENT if {@code max} is less than 1
     */
    int poll(int max, long maxBytes, Consumer<? super Delivery> into);

    /**
     * Acknowledges deliveries, in any order.
     *
     * @param deliveries the deliveries; not kept after the call
     * @param results takes the result of each
     */
    void ack(List<? extends Delivery> deliveries, Results results);

    /**
     * Makes messages deliverable again, in the given order where the source is ordered. A negative delay changes nothing and
     * is unknown with INVALID_ARGUMENT.
     *
     * @param batch the deliveries with their delays; not kept after the call
     * @param results takes the result of each
     */
    void release(List<Release> batch, Results results);

    /**
     * Stores messages and acknowledges a delivery in one step, where the broker can (rule SET-4). A receiver that is
     * {@linkplain ReceiverOptions#transactional() transactional} always does so, for any targets of its broker, and in such a way
     * that readers of what is committed see the messages once, whatever crashes (rule SET-5): what became of a step whose
     * answer was lost it finds out before it gives the result. Until the result is given the delivery is neither settled nor its holder's.
     *
     * @param delivery the delivery
     * @param out the messages and where each goes
     * @param results takes the delivery's result: done, stale (nothing was stored), or unknown. A target that is full or
     *     missing is unknown with that cause, with nothing stored
     * @return false if the broker cannot: the runtime sends first and acknowledges then. Never false if the receiver is
     *     transactional
     */
    default boolean forward(Delivery delivery, List<Forward> out, Results results) {
        return false;
    }

    /**
     * Prolongs leases by the spec's lease, counted from now. Where leases are a session's it reports all done.
     *
     * @param deliveries the deliveries; not kept after the call
     * @param results takes the result of each
     */
    void extend(List<? extends Delivery> deliveries, Results results);

    /** {@return completes when every acknowledgement accepted so far has taken effect (rule SET-1)} */
    CompletionStage<Void> flush();

    /**
     * Gives back what was not polled, makes acknowledgements durable and leaves. What was polled and not settled is given
     * back too, which counts no crash; all of it can be delivered to others within two seconds (rule LIF-1). Calling it again
     * returns the same stage. May be called from any callback.
     *
     * @param limit how long it may take; zero or less for not waiting
     * @return completes when it is closed, or at the limit
     */
    CompletionStage<Void> close(Duration limit);

    /**
     * A delivery that goes back.
     *
     * @param delivery the delivery
     * @param delay not deliverable before it is over; zero or more
     * @param attempts the failed attempts so far: it counts as a failure only if that rose
     * @param firstFailedAtMillis when it failed first, in milliseconds since the epoch; 0 if never
     */
    record Release(Delivery delivery, Duration delay, int attempts, long firstFailedAtMillis) {}

    /**
     * A message that is stored with an acknowledgement.
     *
     * @param target where it goes
     * @param message the message
     */
    record Forward(Spec target, Message message) {}

    /** Takes the results of settling. Never blocks and never throws; called from any thread. */
    interface Results {
        /**
         * It took effect.
         *
         * @param delivery the delivery
         */
        void done(Delivery delivery);

        /**
         * Too late, and nothing changed: it was settled before, its lease was lost, its receiver was closed, or it is with
         * another receiver of this broker (rule SET-2). That it was settled or closed here the adapter knows without the
         * broker. A second acknowledgement may also be reported done.
         *
         * @param delivery the delivery
         */
        void stale(Delivery delivery);

        /**
         * It may have taken effect.
         *
         * @param delivery the delivery
         * @param why the failure
         */
        void unknown(Delivery delivery, QueueException why);
    }
}

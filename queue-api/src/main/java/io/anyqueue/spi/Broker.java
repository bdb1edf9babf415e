package io.anyqueue.spi;

import io.anyqueue.Capabilities;
import io.anyqueue.Health;
import io.anyqueue.KeyParking;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One broker, as an adapter sees it. Safe for use by any thread; no method blocks. Its text form, those of its senders and
 * receivers, and its health hold no secret (rule ERR-2).
 */
public interface Broker {
    /**
     * Tells what the broker can do for an endpoint (rule CAP-1). Every feature has its support, an absent one with the reason
     * and the remedy. Answered without I/O, also before anything is connected or declared.
     *
     * @param spec what is asked of the endpoint
     * @return the capabilities
     */
    Capabilities capabilities(Spec spec);

    /** {@return the means to declare, describe and browse} */
    Topology topology();

    /**
     * Makes a sender.
     *
     * @param target a queue, a topic, or a subscription for copies that are its own
     * @return the sender
     * @throws io.anyqueue.QueueException CLOSED
     */
    Sender sender(Spec target);

    /**
     * Makes a receiver. It asks the broker for nothing before its window is opened.
     *
     * @param source a queue or subscription that was declared
     * @param options where it begins and what it is called
     * @param listener hears of what happens; called from adapter threads
     * @return the receiver
     * @throws io.anyqueue.QueueException CLOSED; INVALID_ARGUMENT for a topic, which holds no messages itself
     */
    Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener);

    /**
     * Gives the broker's own place for parked keys, shared by all of its clients (rule ORD-4).
     *
     * @return the store; empty if the broker has none, and a consumer that parks keys has to bring one
     */
    default Optional<KeyParking> parking() {
        return Optional.empty();
    }

    /** {@return whether the broker answers; DOWN once this is closed} */
    Health health();

    /**
     * Gives a native object.
     *
     * @param nativeType its class
     * @param <N> its class
     * @return the object; empty if there is none of that class
     */
    <N> Optional<N> unwrap(Class<N> nativeType);

    /**
     * Closes senders, receivers and connections (rules LIF-1, LIF-2). Calling it again returns the same stage. May be called
     * from any callback. Afterwards everything but {@link #capabilities} and {@link #health} is CLOSED.
     *
     * @param limit how long it may take; zero or less for not waiting
     * @return completes when everything is closed, or at the limit
     */
    CompletionStage<Void> close(Duration limit);
}

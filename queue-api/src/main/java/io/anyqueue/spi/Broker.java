package io.anyqueue.spi;

import io.anyqueue.Capabilities;
import io.anyqueue.Health;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One broker, as an adapter sees it. Safe for use by any thread; no method blocks.
 */
public interface Broker {
    /**
     * Tells what the broker can do for an endpoint (rule CAP-1).
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
     * @throws io.anyqueue.QueueException CLOSED or INVALID_ARGUMENT
     */
    Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener);

    /** {@return whether the broker answers} */
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
     * Closes senders, receivers and connections. Calling it again returns the same stage.
     *
     * @param limit how long it may take
     * @return completes when everything is closed, or at the limit
     */
    CompletionStage<Void> close(Duration limit);
}

package io.anyqueue.conformance.broken;

import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.util.function.UnaryOperator;

/**
 * The in-memory broker with one thing wrong.
 *
 * @param what is wrong, in words
 * @param caughtBy the id of the case that is meant to catch it
 * @param wrap makes a broker wrong
 */
record BrokenBroker(String what, String caughtBy, UnaryOperator<Broker> wrap) {
    /** {@return one whose senders are wrong} */
    static BrokenBroker sender(String what, String caughtBy, UnaryOperator<Sender> wrap) {
        return new BrokenBroker(what, caughtBy, broker -> new ForwardingBroker(broker) {
            @Override
            public Sender sender(Spec target) {
                return wrap.apply(to.sender(target));
            }
        });
    }

    /** {@return one whose receivers are wrong} */
    static BrokenBroker receiver(String what, String caughtBy, UnaryOperator<Receiver> wrap) {
        return new BrokenBroker(what, caughtBy, broker -> new ForwardingBroker(broker) {
            @Override
            public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
                return wrap.apply(to.receiver(source, options, listener));
            }
        });
    }

    @Override
    public String toString() {
        return what + " (" + caughtBy + ")";
    }
}

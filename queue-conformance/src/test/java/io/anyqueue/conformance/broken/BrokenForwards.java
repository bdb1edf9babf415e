package io.anyqueue.conformance.broken;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Sender.PendingSend;
import io.anyqueue.spi.Spec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Brokers that store and acknowledge in two steps, and do one of them. */
final class BrokenForwards {
    private BrokenForwards() {}

    static List<BrokenBroker> all() {
        return List.of(
                forwarding(
                        "loses what is forwarded",
                        "SET-4/forward",
                        (broker, receiver, delivery, out, results) -> receiver.ack(List.of(delivery), results)),
                forwarding("forwards and does not acknowledge", "SET-4/forward", BrokenForwards::storesOnly),
                forwarding(
                        "stores the first of several",
                        "SET-4/forward-several",
                        (broker, receiver, delivery, out, results) ->
                                receiver.forward(delivery, out.subList(0, 1), results)),
                forwarding("does half a forward", "SET-4/no-half-forward", BrokenForwards::oneByOne),
                forwarding("acknowledges what goes nowhere", "SET-4/forward-to-nowhere", BrokenForwards::oneByOne),
                forwarding("stores what is not held", "SET-4/forward-twice", BrokenForwards::oneByOne),
                forwarding("stores what was lost", "SET-4/late-forward", BrokenForwards::oneByOne),
                forwarding("forwards to the whole topic", "SET-4/forward-to-subscription", BrokenForwards::toTopic));
    }

    /** A way to forward. */
    private interface Forwarding {
        void run(
                Broker broker,
                Receiver receiver,
                Delivery delivery,
                List<Receiver.Forward> out,
                Receiver.Results results);
    }

    private static BrokenBroker forwarding(String what, String caughtBy, Forwarding forwarding) {
        return new BrokenBroker(what, caughtBy, broker -> new ForwardingBroker(broker) {
            @Override
            public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
                return new ForwardingReceiver(to.receiver(source, options, listener)) {
                    @Override
                    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
                        forwarding.run(broker, to, delivery, out, results);
                        return true;
                    }
                };
            }
        });
    }

    private static int store(Broker broker, List<Receiver.Forward> out) {
        AtomicInteger stored = new AtomicInteger();
        for (Receiver.Forward forward : out) {
            PendingSend send = forward::message;
            broker.sender(forward.target()).send(List.of(send), new Stored(stored));
        }
        return stored.get();
    }

    /** The in-memory broker answers before it returns. */
    private record Stored(AtomicInteger count) implements Sender.Results {
        @Override
        public void confirmed(PendingSend send) {
            count.incrementAndGet();
        }

        @Override
        public void rejected(PendingSend send, QueueException why) {}

        @Override
        public void unknown(PendingSend send, QueueException why) {}
    }

    private static void storesOnly(
            Broker broker, Receiver receiver, Delivery delivery, List<Receiver.Forward> out, Receiver.Results results) {
        store(broker, out);
        results.done(delivery);
    }

    private static void oneByOne(
            Broker broker, Receiver receiver, Delivery delivery, List<Receiver.Forward> out, Receiver.Results results) {
        int stored = store(broker, out);
        if (stored == out.size()) {
            receiver.ack(List.of(delivery), results);
        } else {
            receiver.ack(List.of(delivery), NoResults.INSTANCE);
            results.unknown(delivery, new QueueException(ErrorCode.NOT_FOUND, "stored " + stored));
        }
    }

    private static void toTopic(
            Broker broker, Receiver receiver, Delivery delivery, List<Receiver.Forward> out, Receiver.Results results) {
        List<Receiver.Forward> wide = out.stream()
                .map(forward -> forward.target().endpoint() instanceof SubscriptionEndpoint subscription
                        ? new Receiver.Forward(forward.target().withEndpoint(subscription.topic()), forward.message())
                        : forward)
                .toList();
        receiver.forward(delivery, wide, results);
    }
}

package io.anyqueue.conformance.broken;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.QueueException;
import io.anyqueue.Support;
import io.anyqueue.conformance.Interruption;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Takes the in-memory broker away from its clients and gives it back with all that it holds, as a durable one comes back. */
final class Plug implements Interruption {
    private volatile boolean pulled;

    @Override
    public void begin() {
        pulled = true;
    }

    @Override
    public void end() {
        pulled = false;
    }

    Broker wrap(Broker broker) {
        return new ForwardingBroker(broker) {
            @Override
            public Capabilities capabilities(Spec spec) {
                Capabilities declared = to.capabilities(spec);
                Map<Feature, Support> features = new EnumMap<>(declared.features());
                features.put(Feature.DURABLE, Support.NATIVE);
                return new Capabilities(declared.broker(), features, declared.limits(), declared.leases());
            }

            @Override
            public Sender sender(Spec target) {
                return new PluggedSender(to.sender(target));
            }

            @Override
            public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
                return new ForwardingReceiver(to.receiver(source, options, listener)) {
                    @Override
                    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
                        return pulled ? 0 : to.poll(max, maxBytes, into);
                    }
                };
            }
        };
    }

    private final class PluggedSender extends ForwardingSender {
        PluggedSender(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            if (pulled) {
                batch.forEach(send ->
                        results.rejected(send, new QueueException(ErrorCode.UNAVAILABLE, "the broker is away")));
            } else {
                to.send(batch, results);
            }
        }
    }
}

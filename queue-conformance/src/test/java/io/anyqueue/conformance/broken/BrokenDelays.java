package io.anyqueue.conformance.broken;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.Support;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Brokers that are wrong about time, or about what they can. */
final class BrokenDelays {
    private BrokenDelays() {}

    static List<BrokenBroker> all() {
        return List.of(
                BrokenBroker.sender(
                        "ignores the delay of a send",
                        "DLY-1/on-time",
                        sender -> ChangedSend.sender(
                                sender,
                                message ->
                                        message.toBuilder().deliverAtMillis(0).build())),
                BrokenBroker.sender(
                        "keeps delayed messages in a line", "DLY-2/short-overtakes-long", BrokenDelays::inLine),
                BrokenBroker.sender(
                        "stores a delayed message twice", "DLY-1/longer-than-the-lease", BrokenDelays::twice),
                BrokenBroker.sender(
                        "drops what has expired", "EXP-1/expired-is-handed-out", BrokenDelays::dropsExpired),
                new BrokenBroker(
                        "does what it declares absent",
                        "DLY-1/on-time",
                        broker -> declaring(broker, Feature.DELAYED_SEND, Support.absent("is not there", "none"))),
                new BrokenBroker(
                        "does not do what it declares", "DLY-2/past-is-now", broker -> new ForwardingBroker(broker) {
                            @Override
                            public Sender sender(Spec target) {
                                return refusesDelays(to.sender(target));
                            }
                        }),
                new BrokenBroker(
                        "gives no reason for what is absent",
                        "CAP-1/every-feature",
                        broker -> declaring(broker, Feature.REPLAY, new Support.Absent("", "none"))));
    }

    private static Broker declaring(Broker broker, Feature feature, Support support) {
        return new ForwardingBroker(broker) {
            @Override
            public Capabilities capabilities(Spec spec) {
                Capabilities real = to.capabilities(spec);
                Map<Feature, Support> features = new EnumMap<>(real.features());
                features.put(feature, support);
                return new Capabilities(real.broker(), features, real.limits(), real.leases());
            }
        };
    }

    private static Sender refusesDelays(Sender sender) {
        return new ForwardingSender(sender) {
            @Override
            public void send(List<? extends PendingSend> batch, Results results) {
                for (PendingSend send : batch) {
                    if (send.message().deliverAtMillis() > 0) {
                        results.rejected(send, new QueueException(ErrorCode.UNSUPPORTED, "no delays after all"));
                    } else {
                        to.send(List.of(send), results);
                    }
                }
            }
        };
    }

    private static Sender inLine(Sender sender) {
        long[] latest = {0};
        return ChangedSend.sender(sender, message -> {
            if (message.deliverAtMillis() == 0) {
                return message;
            }
            latest[0] = Math.max(latest[0], message.deliverAtMillis());
            return message.toBuilder().deliverAtMillis(latest[0]).build();
        });
    }

    /** The second copy has a history, or the broker would know it for a duplicate. */
    private static Sender twice(Sender sender) {
        return new ForwardingSender(sender) {
            @Override
            public void send(List<? extends PendingSend> batch, Results results) {
                to.send(batch, results);
                for (PendingSend send : batch) {
                    Message copy = send.message().toBuilder()
                            .history(new io.anyqueue.History(0, 1, 0))
                            .build();
                    to.send(List.of(new ChangedSend(send, copy)), NoResults.INSTANCE);
                }
            }
        };
    }

    private static Sender dropsExpired(Sender sender) {
        return new ForwardingSender(sender) {
            @Override
            public void send(List<? extends PendingSend> batch, Results results) {
                for (PendingSend send : batch) {
                    if (send.message().expiresAtMillis() > 0) {
                        results.confirmed(send);
                    } else {
                        to.send(List.of(send), results);
                    }
                }
            }
        };
    }
}

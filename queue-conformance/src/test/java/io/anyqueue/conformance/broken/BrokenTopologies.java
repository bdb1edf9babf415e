package io.anyqueue.conformance.broken;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Brokers whose topics leak or whose topology is not what was declared. */
final class BrokenTopologies {
    private BrokenTopologies() {}

    static List<BrokenBroker> all() {
        return List.of(
                new BrokenBroker(
                        "drops a subscription's copy",
                        "RCV-1/each-subscription-gets-all",
                        BrokenTopologies::dropsCopies),
                new BrokenBroker(
                        "delivers to a later subscription", "RCV-1/only-what-comes-after", BrokenTopologies::toLater),
                new BrokenBroker(
                        "sends to the topic instead of its subscription",
                        "RCV-1/sent-to-one-subscription",
                        BrokenTopologies::toTopic),
                topology("accepts a conflicting declaration", "ERR-1/another-lease", AcceptsConflicts::new),
                topology("creates while it validates", "ERR-1/validate", CreatesAlways::new),
                topology("looks although it is to assume", "ERR-1/assume", ValidatesAlways::new),
                topology("does not delete", "ERR-1/deleted", DeletesNothing::new),
                topology("consumes by browsing", "CAP-1/browse", BrowsesAway::new),
                topology("counts wrongly", "LIF-4/described", CountsWrongly::new));
    }

    private static BrokenBroker topology(String what, String caughtBy, UnaryOperator<Topology> wrap) {
        return new BrokenBroker(what, caughtBy, broker -> new ForwardingBroker(broker) {
            @Override
            public Topology topology() {
                return wrap.apply(to.topology());
            }
        });
    }

    private static Broker dropsCopies(Broker broker) {
        return new ForwardingBroker(broker) {
            @Override
            public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
                Receiver real = to.receiver(source, options, listener);
                return source.endpoint() instanceof SubscriptionEndpoint ? new DropsTheTenth(real) : real;
            }
        };
    }

    private static final class DropsTheTenth extends ForwardingReceiver {
        private final AtomicInteger seen = new AtomicInteger();

        DropsTheTenth(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            List<Delivery> dropped = new ArrayList<>();
            int count = to.poll(max, maxBytes, delivery -> {
                if (seen.incrementAndGet() == 10) {
                    dropped.add(delivery);
                } else {
                    into.accept(delivery);
                }
            });
            to.ack(dropped, NoResults.INSTANCE);
            return count - dropped.size();
        }
    }

    private static Broker toLater(Broker broker) {
        List<Message> sent = new ArrayList<>();
        return new ForwardingBroker(broker) {
            @Override
            public Sender sender(Spec target) {
                return ChangedSend.sender(to.sender(target), message -> {
                    sent.add(message);
                    return message;
                });
            }

            @Override
            public Topology topology() {
                return new ForwardingTopology(to.topology()) {
                    @Override
                    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
                        return super.declare(all, mode)
                                .thenRun(() -> all.stream()
                                        .filter(spec -> spec.endpoint() instanceof SubscriptionEndpoint)
                                        .forEach(spec -> sent.forEach(message -> toSender(spec, message))));
                    }
                };
            }

            private void toSender(Spec spec, Message message) {
                to.sender(spec).send(List.of(new ChangedSend(() -> message, message)), NoResults.INSTANCE);
            }
        };
    }

    private static Broker toTopic(Broker broker) {
        return new ForwardingBroker(broker) {
            @Override
            public Sender sender(Spec target) {
                return target.endpoint() instanceof SubscriptionEndpoint subscription
                        ? to.sender(target.withEndpoint(subscription.topic()))
                        : to.sender(target);
            }
        };
    }

    private static final class AcceptsConflicts extends ForwardingTopology {
        AcceptsConflicts(Topology to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
            return to.declare(all, mode).exceptionally(failure -> {
                if (failure instanceof QueueException known && known.code() == ErrorCode.CONFLICT) {
                    return null;
                }
                throw (QueueException) failure;
            });
        }
    }

    private static final class CreatesAlways extends ForwardingTopology {
        CreatesAlways(Topology to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
            return to.declare(all, Mode.CREATE);
        }
    }

    private static final class ValidatesAlways extends ForwardingTopology {
        ValidatesAlways(Topology to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
            return to.declare(all, mode == Mode.ASSUME ? Mode.VALIDATE : mode);
        }
    }

    private static final class DeletesNothing extends ForwardingTopology {
        DeletesNothing(Topology to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> delete(Spec spec) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static final class BrowsesAway extends ForwardingTopology {
        BrowsesAway(Topology to) {
            super(to);
        }

        @Override
        public CompletionStage<Page> browse(Spec spec, byte[] cursor, int max) {
            return to.browse(spec, cursor, max)
                    .thenCompose(page -> page.next().isPresent()
                            ? CompletableFuture.completedFuture(page)
                            : to.purge(spec).thenApply(purged -> page));
        }
    }

    private static final class CountsWrongly extends ForwardingTopology {
        CountsWrongly(Topology to) {
            super(to);
        }

        @Override
        public CompletionStage<Description> describe(Spec spec) {
            return to.describe(spec)
                    .thenApply(real -> new Description(
                            real.exists(),
                            real.ready().map(count -> new Count(count.value() / 2, true)),
                            real.delayed(),
                            real.leased(),
                            Optional.empty()));
        }
    }
}

package io.anyqueue.conformance.broken;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brokers that do not end well, or break when they are misused. */
final class BrokenLifecycles {
    private BrokenLifecycles() {}

    static List<BrokenBroker> all() {
        return List.of(
                BrokenBroker.receiver("hands out after close", "LIF-1/nothing-after-close", StaysOpen::new),
                BrokenBroker.receiver("closes without giving back", "LIF-1/given-back", KeepsAll::new),
                BrokenBroker.receiver("closes anew each time", "LIF-2/closed-twice", ClosesAnew::new),
                new BrokenBroker(
                        "leaves senders open when the client closes",
                        "LIF-2/close-closes-all",
                        BrokenLifecycles::leaves),
                new BrokenBroker(
                        "leaks a thread for each client", "LIF-2/no-thread-left", BrokenLifecycles::leaksThread),
                BrokenBroker.sender("dies of a result that throws", "SND-2/result-throws", DiesOfResult::new),
                BrokenBroker.receiver("loses what a failing poll was not given", "RCV-1/poll-throws", PollsAhead::new),
                new BrokenBroker(
                        "is deaf after its listener threw", "LIF-4/listener-throws", BrokenLifecycles::deafened),
                BrokenBroker.receiver("settles half of a batch", "ERR-1/null-to-a-receiver", SettlesOneByOne::new),
                BrokenBroker.receiver("settles what is not its own", "SET-2/foreign-delivery", SettlesAnything::new),
                BrokenBroker.receiver("takes a negative delay for none", "ERR-1/negative-delay", TakesNegative::new));
    }

    private static CompletionStage<Void> closed() {
        return CompletableFuture.completedFuture(null);
    }

    private static final class StaysOpen extends ForwardingReceiver {
        StaysOpen(Receiver to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            return closed();
        }
    }

    private static final class KeepsAll extends ForwardingReceiver {
        private volatile boolean closed;

        KeepsAll(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            return closed ? 0 : to.poll(max, maxBytes, into);
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            closed = true;
            return closed();
        }
    }

    private static final class ClosesAnew extends ForwardingReceiver {
        ClosesAnew(Receiver to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            return to.close(limit).thenRun(() -> {});
        }
    }

    private static Broker leaves(Broker broker) {
        return new ForwardingBroker(broker) {
            @Override
            public CompletionStage<Void> close(Duration limit) {
                return closed();
            }
        };
    }

    private static Broker leaksThread(Broker broker) {
        Thread leaked = new Thread(
                () -> {
                    while (!Thread.interrupted()) {
                        LockSupport.park();
                    }
                },
                "leaked");
        leaked.setDaemon(true);
        leaked.start();
        return broker;
    }

    private static final class DiesOfResult extends ForwardingSender {
        private volatile boolean dead;

        DiesOfResult(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Sender.Results results) {
            to.send(batch, new Sender.Results() {
                @Override
                public void confirmed(PendingSend send) {
                    if (!dead) {
                        dead = true;
                        results.confirmed(send);
                        dead = false;
                    }
                }

                @Override
                public void rejected(PendingSend send, QueueException why) {
                    results.rejected(send, why);
                }

                @Override
                public void unknown(PendingSend send, QueueException why) {
                    results.unknown(send, why);
                }
            });
        }
    }

    private static final class PollsAhead extends ForwardingReceiver {
        PollsAhead(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            List<Delivery> ahead = new ArrayList<>();
            int count = to.poll(max, maxBytes, ahead::add);
            ahead.forEach(into);
            return count;
        }
    }

    private static Broker deafened(Broker broker) {
        return new ForwardingBroker(broker) {
            @Override
            public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
                return to.receiver(source, options, new Deaf(listener));
            }
        };
    }

    private static final class Deaf implements ReceiverListener {
        private final ReceiverListener to;
        private volatile boolean dead;

        Deaf(ReceiverListener to) {
            this.to = to;
        }

        @Override
        public void readable() {
            if (!dead) {
                dead = true;
                to.readable();
                dead = false;
            }
        }

        @Override
        public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
            return to.revoking(shard, epoch, untilNanos);
        }

        @Override
        public void lost(Object shard, long epoch) {
            to.lost(shard, epoch);
        }

        @Override
        public void state(State state, @Nullable QueueException why) {
            to.state(state, why);
        }
    }

    private static final class SettlesOneByOne extends ForwardingReceiver {
        SettlesOneByOne(Receiver to) {
            super(to);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
            for (Delivery delivery : deliveries) {
                to.ack(List.of(delivery), results);
            }
        }
    }

    private static final class SettlesAnything extends ForwardingReceiver {
        SettlesAnything(Receiver to) {
            super(to);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
            to.ack(deliveries, new Receiver.Results() {
                @Override
                public void done(Delivery delivery) {
                    results.done(delivery);
                }

                @Override
                public void stale(Delivery delivery) {
                    results.stale(delivery);
                }

                @Override
                public void unknown(Delivery delivery, QueueException why) {
                    if (why.code() == ErrorCode.INVALID_ARGUMENT) {
                        results.done(delivery);
                    } else {
                        results.unknown(delivery, why);
                    }
                }
            });
        }
    }

    private static final class TakesNegative extends ForwardingReceiver {
        TakesNegative(Receiver to) {
            super(to);
        }

        @Override
        public void release(List<Release> batch, Receiver.Results results) {
            to.release(
                    batch.stream()
                            .map(each -> new Release(
                                    each.delivery(), Duration.ZERO, each.attempts(), each.firstFailedAtMillis()))
                            .toList(),
                    results);
        }
    }
}

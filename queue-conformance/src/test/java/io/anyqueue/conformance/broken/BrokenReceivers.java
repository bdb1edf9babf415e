package io.anyqueue.conformance.broken;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Brokers that hand out wrongly, or hold badly what they have not handed out. */
final class BrokenReceivers {
    private BrokenReceivers() {}

    static List<BrokenBroker> all() {
        List<BrokenBroker> all = new ArrayList<>(List.of(
                BrokenBroker.receiver("blocks in poll", "RCV-1/poll-does-not-wait", Blocks::new),
                BrokenBroker.receiver("hands over one too many", "BKP-1/poll-messages", OneTooMany::new),
                BrokenBroker.receiver("does not count bytes", "BKP-1/poll-bytes", CountsNoBytes::new),
                BrokenBroker.receiver("needs no window", "RCV-1/nothing-before-window", BrokenReceivers::opened),
                new BrokenBroker("hands one message to two", "RCV-1/one-at-a-time", sharing(false)),
                new BrokenBroker("acknowledges by handing out", "RCV-4/holder-stops-settling", sharing(true)),
                BrokenBroker.receiver("closes without giving back", "RCV-4/holder-closes", NeverCloses::new)));
        all.addAll(List.of(
                listening(
                        "tells of the first arrival only", "RCV-1/readable", (open, to) -> open.apply(new Deaf(to, 1))),
                listening(
                        "never tells of arrivals",
                        "RCV-1/readable-at-opening",
                        (open, to) -> open.apply(new Deaf(to, 0))),
                listening(
                        "misses every third arrival",
                        "RCV-1/readable-in-a-race",
                        (open, to) -> open.apply(new Deaf(to, 3))),
                listening("holds more than the window", "RCV-6/window-bounds", Hoards::new),
                listening("lets the leases of its buffer end", "RCV-6/buffer-stays-leased", BufferingReceiver::new),
                listening("keeps the surplus", "RCV-6/smaller-window", BufferingReceiver::new),
                listening("keeps the buffer in a pause", "BKP-4/pause-gives-back", BufferingReceiver::new),
                listening("counts what a pause gives back", "BKP-4/pause-gives-back", Releases::new),
                listening("loses what was buffered", "RCV-4/client-closes", Loses::new)));
        return all;
    }

    /** Makes a receiver, from what opens the unbroken one and from who listens. */
    private interface Opening extends BiFunction<Function<ReceiverListener, Receiver>, ReceiverListener, Receiver> {}

    private static BrokenBroker listening(String what, String caughtBy, Opening opening) {
        return new BrokenBroker(what, caughtBy, broker -> new ForwardingBroker(broker) {
            @Override
            public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
                return opening.apply(heard -> to.receiver(source, options, heard), listener);
            }
        });
    }

    private static Receiver opened(Receiver receiver) {
        receiver.window(10, Long.MAX_VALUE);
        return receiver;
    }

    private static final class Blocks extends ForwardingReceiver {
        Blocks(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            int count = to.poll(max, maxBytes, into);
            if (count == 0) {
                LockSupport.parkNanos(50_000_000);
            }
            return count;
        }
    }

    private static final class OneTooMany extends ForwardingReceiver {
        OneTooMany(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            return to.poll(max + 1, maxBytes, into);
        }
    }

    private static final class CountsNoBytes extends ForwardingReceiver {
        CountsNoBytes(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            return to.poll(max, Long.MAX_VALUE, into);
        }
    }

    private static final class NeverCloses extends ForwardingReceiver {
        NeverCloses(Receiver to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /** What one client was given another is given too; or else it is acknowledged on the way. */
    private static UnaryOperator<Broker> sharing(boolean acknowledging) {
        Map<Endpoint, Queue<Delivery>> handedOut = new ConcurrentHashMap<>();
        return broker -> new ForwardingBroker(broker) {
            @Override
            public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
                Queue<Delivery> out = handedOut.computeIfAbsent(source.endpoint(), e -> new ConcurrentLinkedQueue<>());
                Receiver receiver = to.receiver(source, options, listener);
                return acknowledging ? new Acknowledges(receiver) : new Shares(receiver, out);
            }
        };
    }

    private static final class Shares extends ForwardingReceiver {
        private final Queue<Delivery> handedOut;
        private boolean first;

        Shares(Receiver to, Queue<Delivery> handedOut) {
            super(to);
            this.handedOut = handedOut;
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            int count = to.poll(max, maxBytes, delivery -> {
                first = true;
                handedOut.add(delivery);
                into.accept(delivery);
            });
            Delivery shared = first || count > 0 ? null : handedOut.poll();
            if (shared == null) {
                return count;
            }
            into.accept(shared);
            return 1;
        }
    }

    private static final class Acknowledges extends ForwardingReceiver {
        Acknowledges(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            return to.poll(max, maxBytes, delivery -> {
                into.accept(delivery);
                to.ack(List.of(delivery), NoResults.INSTANCE);
            });
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Results results) {
            deliveries.forEach(results::done);
        }
    }

    /** Hears the first arrival, none, or all but every third. */
    private static final class Deaf implements ReceiverListener {
        private final ReceiverListener to;
        private final int which;
        private int heard;

        Deaf(ReceiverListener to, int which) {
            this.to = to;
            this.which = which;
        }

        @Override
        public synchronized void readable() {
            heard++;
            if (which == 1 ? heard == 1 : which == 3 && heard % 3 != 0) {
                to.readable();
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
        public void state(State state, QueueException why) {
            to.state(state, why);
        }
    }

    private static final class Hoards extends BufferingReceiver {
        Hoards(Function<ReceiverListener, Receiver> open, ReceiverListener listener) {
            super(open, listener);
        }

        @Override
        int room(int windowMessages) {
            return 10 * windowMessages;
        }
    }

    private static final class Releases extends BufferingReceiver {
        Releases(Function<ReceiverListener, Receiver> open, ReceiverListener listener) {
            super(open, listener);
        }

        @Override
        void shrink(int windowMessages) {
            while (buffer.size() > windowMessages) {
                Delivery surplus = buffer.removeLast();
                to.release(List.of(new Release(surplus, Duration.ZERO, surplus.attempts(), 0)), NoResults.INSTANCE);
            }
        }
    }

    /** Acknowledges what it fetches, and has it nowhere else. */
    private static final class Loses extends BufferingReceiver {
        Loses(Function<ReceiverListener, Receiver> open, ReceiverListener listener) {
            super(open, listener);
        }

        @Override
        void fetched(Delivery delivery) {
            to.ack(List.of(delivery), NoResults.INSTANCE);
            super.fetched(delivery);
        }
    }
}

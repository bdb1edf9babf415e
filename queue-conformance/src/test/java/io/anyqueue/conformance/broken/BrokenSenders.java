package io.anyqueue.conformance.broken;

import io.anyqueue.ErrorCode;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Brokers that take messages wrongly. */
final class BrokenSenders {
    private BrokenSenders() {}

    static List<BrokenBroker> all() {
        return List.of(
                BrokenBroker.sender("confirms and stores nothing", "SND-1/confirmed-is-received", StoresNothing::new),
                BrokenBroker.sender("drops one in a hundred", "SND-1/large-batch", DropsSome::new),
                BrokenBroker.sender("loses what comes meanwhile", "SND-1/concurrent-senders", LosesMeanwhile::new),
                new BrokenBroker("mixes two destinations", "SND-1/not-elsewhere", BrokenSenders::mixes),
                BrokenBroker.sender("gives two results", "SND-2/one-result-each", TwoResults::new),
                BrokenBroker.sender(
                        "stores again what has the same id", "SND-2/same-id-again", BrokenSenders::storesAgain),
                BrokenBroker.sender("takes a copy for its original", "SND-2/copy-with-history", DropsCopies::new),
                BrokenBroker.sender("confirms before storing", "SND-5/larger-is-refused", ConfirmsFirst::new),
                BrokenBroker.sender("confirms to a missing queue", "SND-3/no-such-queue", ConfirmsFirst::new),
                BrokenBroker.sender("refuses the neighbours too", "SND-5/larger-is-refused", AllOrNothing::new),
                BrokenBroker.sender("turns a batch around", "SND-4/within-a-batch", TurnsAround::new),
                BrokenBroker.sender("lets later sends overtake", "SND-4/several-in-flight", LateByOne::new),
                BrokenBroker.sender(
                        "has one priority for all",
                        "SND-4/priorities",
                        to -> ChangedSend.sender(
                                to, message -> message.toBuilder().priority(0).build())),
                BrokenBroker.sender("forgets what is under way", "SND-8/close-gives-results", Forgets::new),
                BrokenBroker.sender("sends when closed", "SND-8/after-close", NeverCloses::new),
                BrokenBroker.sender(
                        "changes the caller's body", "SND-7/caller-keeps-its-message", WritesIntoBody::new));
    }

    private static final class StoresNothing extends ForwardingSender {
        StoresNothing(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            batch.forEach(results::confirmed);
        }
    }

    private static final class DropsSome extends ForwardingSender {
        private final AtomicInteger count = new AtomicInteger();

        DropsSome(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            for (PendingSend send : batch) {
                if (count.incrementAndGet() % 100 == 0) {
                    results.confirmed(send);
                } else {
                    to.send(List.of(send), results);
                }
            }
        }
    }

    /** One place for the message that is being sent. */
    private static final class LosesMeanwhile extends ForwardingSender {
        private volatile Message current;

        LosesMeanwhile(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            for (PendingSend send : batch) {
                current = send.message();
                LockSupport.parkNanos(10_000);
                ChangedSend changed = new ChangedSend(send, current);
                to.send(List.of(changed), new ChangedSend.Originals(results));
            }
        }
    }

    private static Broker mixes(Broker broker) {
        return new ForwardingBroker(broker) {
            @Override
            public Sender sender(Spec target) {
                String name = target.endpoint().name();
                return name.endsWith("-x")
                        ? to.sender(target.withEndpoint(Endpoint.queue(name.substring(0, name.length() - 2))))
                        : to.sender(target);
            }
        };
    }

    private static final class TwoResults extends ForwardingSender {
        TwoResults(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            to.send(batch, results);
            results.unknown(batch.get(0), new QueueException(ErrorCode.TIMEOUT, "the time is up"));
        }
    }

    /** The history makes it another message to the broker. */
    private static Sender storesAgain(Sender sender) {
        return ChangedSend.sender(
                sender,
                message -> message.toBuilder().history(new History(0, 1, 0)).build());
    }

    private static final class DropsCopies extends ForwardingSender {
        private final Set<String> seen = ConcurrentHashMap.newKeySet();

        DropsCopies(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            for (PendingSend send : batch) {
                if (seen.add(send.message().id())) {
                    to.send(List.of(send), results);
                } else {
                    results.confirmed(send);
                }
            }
        }
    }

    private static final class ConfirmsFirst extends ForwardingSender {
        ConfirmsFirst(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            batch.forEach(results::confirmed);
            to.send(batch, NoResults.INSTANCE);
        }
    }

    private static final class AllOrNothing extends ForwardingSender {
        AllOrNothing(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            if (batch.stream().anyMatch(send -> send.message().size() > Spec.DEFAULT_MAX_BYTES)) {
                batch.forEach(send ->
                        results.rejected(send, new QueueException(ErrorCode.TOO_LARGE, "the batch is too large")));
            } else {
                to.send(batch, results);
            }
        }
    }

    private static final class TurnsAround extends ForwardingSender {
        TurnsAround(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            List<PendingSend> turned = new ArrayList<>(batch);
            Collections.reverse(turned);
            to.send(turned, results);
        }
    }

    /** Every other call is overtaken by the next. */
    private static final class LateByOne extends ForwardingSender {
        private List<? extends PendingSend> late = List.of();

        LateByOne(Sender to) {
            super(to);
        }

        @Override
        public synchronized void send(List<? extends PendingSend> batch, Results results) {
            if (late.isEmpty()) {
                late = List.copyOf(batch);
                return;
            }
            to.send(batch, results);
            to.send(late, results);
            late = List.of();
        }
    }

    private static final class Forgets extends ForwardingSender {
        Forgets(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            to.send(batch.subList(0, batch.size() / 2), results);
        }
    }

    private static final class NeverCloses extends ForwardingSender {
        NeverCloses(Sender to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static final class WritesIntoBody extends ForwardingSender {
        WritesIntoBody(Sender to) {
            super(to);
        }

        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            batch.forEach(send -> send.message().bodyArray()[0]++);
            to.send(batch, results);
        }
    }
}

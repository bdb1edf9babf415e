package io.anyqueue.conformance.broken;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Brokers that settle wrongly. */
final class BrokenSettlements {
    private BrokenSettlements() {}

    static List<BrokenBroker> all() {
        Map<String, Held> held = new ConcurrentHashMap<>();
        return List.of(
                BrokenBroker.receiver(
                        "hands out again what is acknowledged", "SET-1/acked-is-gone", AcksByReleasing::new),
                BrokenBroker.receiver(
                        "hands out again after a crash", "SET-1/acked-is-gone-after-crash", AcksInVain::new),
                BrokenBroker.receiver("forgets releases", "SET-1/release-at-once", ForgetsReleases::new),
                BrokenBroker.receiver("ignores the delay", "SET-1/release-later", to -> new Delays(to, 0, 0)),
                BrokenBroker.receiver("takes its time", "SET-1/release-later", to -> new Delays(to, 1, 6_000)),
                BrokenBroker.receiver("acks the highest", "SET-3/last-first", AcksHighest::new),
                BrokenBroker.receiver("loses one ack in fifty", "SET-3/concurrent-acks", LosesAcks::new),
                BrokenBroker.receiver("judges a batch by its worst", "SET-3/one-stale-in-a-batch", AllOrNothing::new),
                BrokenBroker.receiver("releases all it has", "SET-3/release-some", ReleasesAll::new),
                BrokenBroker.receiver("calls late acks done", "SET-2/late-ack", CallsAllDone::new),
                BrokenBroker.receiver("accepts late acks", "SET-2/late-ack", to -> new ActsForHolder(to, held)),
                BrokenBroker.receiver("accepts late releases", "SET-2/late-release", to -> new ActsForHolder(to, held)),
                BrokenBroker.receiver("acks for others", "SET-2/other-receiver", to -> new ActsForHolder(to, held)),
                BrokenBroker.receiver(
                        "calls an ack after a release done", "SET-2/ack-after-release", CallsAllDone::new),
                BrokenBroker.receiver(
                        "calls a release after an ack done", "SET-2/release-after-ack", CallsAllDone::new),
                BrokenBroker.receiver("settles when closed", "SET-2/after-close", CallsAllDone::new),
                BrokenBroker.receiver("prolongs nothing", "RCV-3/extension-keeps", ExtendsNothing::new),
                BrokenBroker.receiver("prolongs all", "RCV-3/extends-only-these", ExtendsAll::new));
    }

    private static Receiver.Release now(Delivery delivery) {
        return new Receiver.Release(delivery, Duration.ZERO, delivery.attempts(), delivery.firstFailedAtMillis());
    }

    private static final class AcksByReleasing extends ForwardingReceiver {
        AcksByReleasing(Receiver to) {
            super(to);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Results results) {
            to.release(deliveries.stream().map(BrokenSettlements::now).toList(), results);
        }
    }

    private static final class AcksInVain extends ForwardingReceiver {
        AcksInVain(Receiver to) {
            super(to);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Results results) {
            deliveries.forEach(results::done);
        }
    }

    private static final class ForgetsReleases extends ForwardingReceiver {
        ForgetsReleases(Receiver to) {
            super(to);
        }

        @Override
        public void release(List<Release> batch, Results results) {
            batch.forEach(release -> results.done(release.delivery()));
        }
    }

    private static final class Delays extends ForwardingReceiver {
        private final int factor;
        private final int moreMillis;

        Delays(Receiver to, int factor, int moreMillis) {
            super(to);
            this.factor = factor;
            this.moreMillis = moreMillis;
        }

        @Override
        public void release(List<Release> batch, Results results) {
            to.release(
                    batch.stream()
                            .map(release -> new Release(
                                    release.delivery(),
                                    release.delay().multipliedBy(factor).plusMillis(moreMillis),
                                    release.attempts(),
                                    release.firstFailedAtMillis()))
                            .toList(),
                    results);
        }
    }

    /** Remembers in which order it handed out. */
    private abstract static class Remembering extends ForwardingReceiver {
        final List<Delivery> polled = new ArrayList<>();

        Remembering(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            return to.poll(max, maxBytes, delivery -> {
                polled.add(delivery);
                into.accept(delivery);
            });
        }
    }

    private static final class AcksHighest extends Remembering {
        AcksHighest(Receiver to) {
            super(to);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Results results) {
            to.ack(deliveries, results);
            int highest = polled.indexOf(deliveries.get(deliveries.size() - 1));
            to.ack(List.copyOf(polled.subList(0, highest)), NoResults.INSTANCE);
        }
    }

    private static final class LosesAcks extends ForwardingReceiver {
        private final AtomicInteger count = new AtomicInteger();

        LosesAcks(Receiver to) {
            super(to);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Results results) {
            if (count.incrementAndGet() % 50 == 0) {
                deliveries.forEach(results::done);
            } else {
                to.ack(deliveries, results);
            }
        }
    }

    private static final class AllOrNothing extends Remembering {
        private final List<Delivery> released = new ArrayList<>();

        AllOrNothing(Receiver to) {
            super(to);
        }

        @Override
        public void release(List<Release> batch, Results results) {
            batch.forEach(release -> released.add(release.delivery()));
            to.release(batch, results);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Results results) {
            if (deliveries.stream().anyMatch(released::contains)) {
                deliveries.forEach(results::stale);
            } else {
                to.ack(deliveries, results);
            }
        }
    }

    private static final class ReleasesAll extends Remembering {
        ReleasesAll(Receiver to) {
            super(to);
        }

        @Override
        public void release(List<Release> batch, Results results) {
            to.release(batch, results);
            to.release(polled.stream().map(BrokenSettlements::now).toList(), NoResults.INSTANCE);
        }
    }

    private static final class CallsAllDone extends ForwardingReceiver {
        CallsAllDone(Receiver to) {
            super(to);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Results results) {
            to.ack(deliveries, new NeverStale(results));
        }

        @Override
        public void release(List<Release> batch, Results results) {
            to.release(batch, new NeverStale(results));
        }
    }

    private record NeverStale(Receiver.Results to) implements Receiver.Results {
        @Override
        public void done(Delivery delivery) {
            to.done(delivery);
        }

        @Override
        public void stale(Delivery delivery) {
            to.done(delivery);
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            to.unknown(delivery, why);
        }
    }

    /** Who has a message, and as what. */
    private record Held(Receiver receiver, Delivery delivery) {}

    /** Settles the message, whoever has it now, as a broker does that knows it by its id alone. */
    private static final class ActsForHolder extends ForwardingReceiver {
        private final Map<String, Held> held;

        ActsForHolder(Receiver to, Map<String, Held> held) {
            super(to);
            this.held = held;
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            return to.poll(max, maxBytes, delivery -> {
                held.put(delivery.message().id(), new Held(to, delivery));
                into.accept(delivery);
            });
        }

        private Held holder(Delivery delivery) {
            return held.getOrDefault(delivery.message().id(), new Held(to, delivery));
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Results results) {
            to.ack(deliveries, results);
            for (Delivery delivery : deliveries) {
                Held now = holder(delivery);
                now.receiver().ack(List.of(now.delivery()), NoResults.INSTANCE);
            }
        }

        @Override
        public void release(List<Release> batch, Results results) {
            to.release(batch, results);
            for (Release release : batch) {
                Held now = holder(release.delivery());
                now.receiver().release(List.of(now(now.delivery())), NoResults.INSTANCE);
            }
        }
    }

    private static final class ExtendsNothing extends ForwardingReceiver {
        ExtendsNothing(Receiver to) {
            super(to);
        }

        @Override
        public void extend(List<? extends Delivery> deliveries, Results results) {
            deliveries.forEach(results::done);
        }
    }

    private static final class ExtendsAll extends Remembering {
        ExtendsAll(Receiver to) {
            super(to);
        }

        @Override
        public void extend(List<? extends Delivery> deliveries, Results results) {
            to.extend(deliveries, results);
            to.extend(polled, NoResults.INSTANCE);
        }
    }
}

package io.anyqueue.conformance.broken;

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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Brokers whose fault an application sees: caught by the runtime suite. */
final class BrokenAtRuntime {
    private BrokenAtRuntime() {}

    static List<BrokenBroker> all() {
        return List.of(
                new BrokenBroker("never says that there is something to poll", "DLY-1/not-early", NeverReadable::new),
                receiver("prolongs no lease and says it did", "RCV-3/long-handler", NeverExtends::new),
                receiver("forgets attempts that it declares to keep", "RTY-1/delayed", ForgetsAttempts::new),
                receiver("forgets how long a release is delayed", "RTY-1/not-early", ForgetsDelays::new),
                receiver("drops what a forward was to store", "DLQ-1/provenance", DropsForwards::new),
                receiver("stores half a forward", "SET-4/sends-of-a-handler", HalfForwards::new),
                receiver("stores a forward twice", "SET-5/once", DoubleForwards::new),
                receiver("forgets what it held when it is paused", "BKP-4/paused-gives-back", ForgetsWhenPaused::new),
                receiver("gives nothing back and says it did", "LIF-1/rest-goes-elsewhere", NeverReleases::new),
                receiver("acknowledges nothing and says it did", "LIF-1/waits-for-the-handler", NeverAcks::new),
                BrokenBroker.sender("leaves a thread behind", "LIF-2/no-thread-left", LeavesThread::new));
    }

    private static BrokenBroker receiver(String what, String caughtBy, Function<Receiver, Receiver> wrap) {
        return BrokenBroker.receiver(what, caughtBy, wrap::apply);
    }

    private static final class NeverReadable extends ForwardingBroker {
        NeverReadable(Broker to) {
            super(to);
        }

        @Override
        public Receiver receiver(Spec source, ReceiverOptions options, ReceiverListener listener) {
            return to.receiver(source, options, new ForwardingListener(listener) {
                @Override
                public void readable() {
                    // Whoever waits for it waits for ever.
                }
            });
        }
    }

    private static final class NeverExtends extends ForwardingReceiver {
        NeverExtends(Receiver to) {
            super(to);
        }

        @Override
        public void extend(List<? extends Delivery> deliveries, Receiver.Results results) {
            deliveries.forEach(results::done);
        }
    }

    private static final class ForgetsAttempts extends ForwardingReceiver {
        ForgetsAttempts(Receiver to) {
            super(to);
        }

        @Override
        public void release(List<Release> batch, Receiver.Results results) {
            to.release(
                    batch.stream()
                            .map(release -> new Release(release.delivery(), release.delay(), 0, 0))
                            .toList(),
                    results);
        }
    }

    private static final class ForgetsDelays extends ForwardingReceiver {
        ForgetsDelays(Receiver to) {
            super(to);
        }

        @Override
        public void release(List<Release> batch, Receiver.Results results) {
            to.release(
                    batch.stream()
                            .map(release -> new Release(
                                    release.delivery(),
                                    Duration.ZERO,
                                    release.attempts(),
                                    release.firstFailedAtMillis()))
                            .toList(),
                    results);
        }
    }

    private static final class DropsForwards extends ForwardingReceiver {
        DropsForwards(Receiver to) {
            super(to);
        }

        @Override
        public boolean forward(Delivery delivery, List<Forward> out, Receiver.Results results) {
            to.ack(List.of(delivery), results);
            return true;
        }
    }

    private static final class HalfForwards extends ForwardingReceiver {
        HalfForwards(Receiver to) {
            super(to);
        }

        @Override
        public boolean forward(Delivery delivery, List<Forward> out, Receiver.Results results) {
            return to.forward(delivery, out.subList(0, (out.size() + 1) / 2), results);
        }
    }

    private static final class DoubleForwards extends ForwardingReceiver {
        DoubleForwards(Receiver to) {
            super(to);
        }

        @Override
        public boolean forward(Delivery delivery, List<Forward> out, Receiver.Results results) {
            List<Forward> twice = new ArrayList<>(out);
            twice.addAll(out);
            return to.forward(delivery, twice, results);
        }
    }

    private static final class ForgetsWhenPaused extends ForwardingReceiver {
        ForgetsWhenPaused(Receiver to) {
            super(to);
        }

        @Override
        public void window(int messages, long bytes) {
            if (messages == 0) {
                to.poll(10, Long.MAX_VALUE, delivery -> {});
            }
            to.window(messages, bytes);
        }
    }

    private static final class NeverReleases extends ForwardingReceiver {
        NeverReleases(Receiver to) {
            super(to);
        }

        @Override
        public void release(List<Release> batch, Receiver.Results results) {
            batch.forEach(release -> results.done(release.delivery()));
        }
    }

    private static final class NeverAcks extends ForwardingReceiver {
        NeverAcks(Receiver to) {
            super(to);
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
            deliveries.forEach(results::done);
        }
    }

    private static final class LeavesThread extends ForwardingSender {
        LeavesThread(Sender to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            Thread left = new Thread(LeavesThread::linger, "left behind");
            left.setDaemon(true);
            left.start();
            return to.close(limit);
        }

        private static void linger() {
            LockSupport.parkNanos(Duration.ofMinutes(1).toNanos());
        }
    }
}

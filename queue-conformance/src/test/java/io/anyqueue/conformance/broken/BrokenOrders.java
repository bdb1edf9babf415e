package io.anyqueue.conformance.broken;

import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Brokers that keep keys badly. */
final class BrokenOrders {
    private BrokenOrders() {}

    static List<BrokenBroker> all() {
        return List.of(
                BrokenBroker.sender("swaps messages within a key", "ORD-1/fifo-per-key", BrokenOrders::swaps),
                BrokenBroker.receiver(
                        "puts what is released behind what follows", "ORD-1/released-head", ReleasesLate::new),
                BrokenBroker.receiver(
                        "loses the tail of a key when its consumer closes", "ORD-1/close-with-a-tail", LosesTail::new),
                BrokenBroker.receiver("one stuck key blocks all", "ORD-2/stuck-key", OneAtATime::new),
                BrokenBroker.sender(
                        "gives a message without a key some key",
                        "ORD-3/no-key",
                        sender -> ChangedSend.sender(
                                sender,
                                message -> message.key().isPresent()
                                        ? message
                                        : message.toBuilder().key("none").build())),
                BrokenBroker.sender(
                        "drops the delay on an ordered queue",
                        "ORD-5/no-delay",
                        sender -> ChangedSend.sender(
                                sender,
                                message ->
                                        message.toBuilder().deliverAtMillis(0).build())));
    }

    private static Sender swaps(Sender sender) {
        return new ForwardingSender(sender) {
            @Override
            public void send(List<? extends PendingSend> batch, Sender.Results results) {
                List<PendingSend> swapped = new ArrayList<>(batch);
                Collections.swap(swapped, 0, swapped.size() - 1);
                to.send(swapped, results);
            }
        };
    }

    /** Remembers what is out. */
    private abstract static class Remembering extends ForwardingReceiver {
        final Set<Delivery> out = Collections.synchronizedSet(new HashSet<>());

        Remembering(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            return to.poll(max, maxBytes, delivery -> {
                out.add(delivery);
                into.accept(delivery);
            });
        }

        @Override
        public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
            deliveries.forEach(out::remove);
            to.ack(deliveries, results);
        }

        @Override
        public void release(List<Release> batch, Receiver.Results results) {
            batch.forEach(release -> out.remove(release.delivery()));
            to.release(batch, results);
        }
    }

    private static final class OneAtATime extends Remembering {
        OneAtATime(Receiver to) {
            super(to);
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            return out.isEmpty() ? super.poll(max, maxBytes, into) : 0;
        }
    }

    private static final class LosesTail extends Remembering {
        LosesTail(Receiver to) {
            super(to);
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            List<Delivery> tail = List.copyOf(out).stream().skip(1).toList();
            to.ack(tail, NoResults.INSTANCE);
            return to.close(limit);
        }
    }

    /** The broker hears of a release when something else was polled. */
    private static final class ReleasesLate extends ForwardingReceiver {
        private final List<Release> late = new ArrayList<>();

        ReleasesLate(Receiver to) {
            super(to);
        }

        @Override
        public void release(List<Release> batch, Receiver.Results results) {
            late.addAll(batch);
            batch.forEach(release -> results.done(release.delivery()));
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            int count = to.poll(max, maxBytes, into);
            to.release(List.copyOf(late), NoResults.INSTANCE);
            late.clear();
            return count;
        }
    }
}

package io.anyqueue.test;

import io.anyqueue.ErrorCode;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverListener.State;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Receives and settles, unless a fault is in between. On an ordered source a fault of one message takes all that follows of its key
 * from the consumer, as losing the key does, so that order is kept (rule ORD-1). Used by the test's thread.
 */
final class TestReceiver implements Receiver {
    private final Receiver inner;
    private final ReceiverListener listener;
    private final boolean ordered;
    private final Held held = new Held();
    private final Function<Spec, Sender> senders;
    private final Faults faults;
    private final Sent sent;

    TestReceiver(
            Receiver inner,
            ReceiverListener listener,
            boolean ordered,
            Function<Spec, Sender> senders,
            Faults faults,
            Sent sent) {
        this.inner = inner;
        this.listener = listener;
        this.ordered = ordered;
        this.senders = senders;
        this.faults = faults;
        this.sent = sent;
        faults.outage().add(this);
    }

    void disconnected() {
        faults.down("receive").ifPresent(why -> listener.state(State.RECONNECTING, why));
    }

    void connected() {
        listener.state(State.WORKING, null);
        listener.readable();
    }

    @Override
    public void window(int messages, long bytes) {
        inner.window(messages, bytes);
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        if (faults.down("poll").isPresent()) {
            return 0;
        }
        return inner.poll(max, maxBytes, delivery -> {
            if (ordered) {
                held.add(delivery);
            }
            into.accept(delivery);
        });
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        if (isDown("acknowledge", deliveries, results)) {
            return;
        }
        List<Delivery> acknowledged = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            if (isGone(delivery)) {
                results.stale(delivery);
            } else if (faults.crashes()) {
                crash(delivery, results);
            } else if (faults.duplicates(delivery)) {
                giveBack(delivery, results);
            } else {
                acknowledged.add(delivery);
            }
        }
        inner.ack(acknowledged, results);
    }

    /** {@return whether a fault of an earlier message took it away} */
    private boolean isGone(Delivery delivery) {
        return ordered && !held.remove(delivery);
    }

    /** The consumer believes it settled; the broker waits until the lease is over. */
    private void crash(Delivery delivery, Results results) {
        takeKey(delivery);
        results.done(delivery);
    }

    /** As if it had been delivered twice in the first place: nothing of it has failed. */
    private void giveBack(Delivery delivery, Results results) {
        List<Delivery> followers = takeKey(delivery);
        inner.release(List.of(again(delivery)), results);
        inner.release(followers.stream().map(TestReceiver::again).toList(), new Forgotten());
    }

    /** {@return what the consumer had of the same key, and does not have any more} */
    private List<Delivery> takeKey(Delivery delivery) {
        List<Delivery> followers = held.removeAll(delivery.shard());
        if (!followers.isEmpty()) {
            listener.lost(delivery.shard(), delivery.epoch());
        }
        return followers;
    }

    private static Release again(Delivery delivery) {
        return new Release(delivery, Duration.ZERO, delivery.attempts(), delivery.firstFailedAtMillis());
    }

    @Override
    public void release(List<Release> batch, Results results) {
        if (isDown("release", batch.stream().map(Release::delivery).toList(), results)) {
            return;
        }
        List<Release> released = new ArrayList<>();
        for (Release release : batch) {
            boolean ran = release.attempts() > release.delivery().attempts();
            if (isGone(release.delivery())) {
                results.stale(release.delivery());
            } else if (ran && faults.crashes()) {
                crash(release.delivery(), results);
            } else {
                released.add(release);
            }
        }
        inner.release(released, results);
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
        if (isDown("settle", List.of(delivery), results)) {
            return true;
        }
        if (isGone(delivery)) {
            results.stale(delivery);
            return true;
        }
        if (faults.crashes()) {
            crash(delivery, results);
            return true;
        }
        boolean sentByHandler =
                out.stream().allMatch(forward -> forward.message().history().equals(History.NONE));
        if (sentByHandler && faults.duplicates(delivery)) {
            new OneByOne(delivery, out, results).run();
            return true;
        }
        return inner.forward(delivery, out, new Forwarded(out, results));
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        if (!isDown("extend", deliveries, results)) {
            inner.extend(deliveries, results);
        }
    }

    private boolean isDown(String what, List<? extends Delivery> deliveries, Results results) {
        Optional<QueueException> down = faults.down(what);
        down.ifPresent(why -> List.copyOf(deliveries).forEach(delivery -> results.unknown(delivery, why)));
        return down.isPresent();
    }

    @Override
    public CompletionStage<Void> flush() {
        return inner.flush();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        faults.outage().remove(this);
        return inner.close(limit);
    }

    /** Stored and acknowledged in one step; what could not be is tried again, and so is held still. */
    private final class Forwarded implements Results {
        private final List<Forward> out;
        private final Results results;

        Forwarded(List<Forward> out, Results results) {
            this.out = out;
            this.results = results;
        }

        @Override
        public void done(Delivery delivery) {
            out.forEach(forward -> sent.add(forward.target().endpoint(), forward.message()));
            results.done(delivery);
        }

        @Override
        public void stale(Delivery delivery) {
            results.stale(delivery);
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            if (ordered) {
                held.add(delivery);
            }
            results.unknown(delivery, why);
        }
    }

    /** The consumer does not know these deliveries any more. */
    private static final class Forgotten implements Results {
        @Override
        public void done(Delivery delivery) {
            // It is delivered again.
        }

        @Override
        public void stale(Delivery delivery) {
            // It was delivered again already.
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            // Its lease ends.
        }
    }

    /** Stores what a handler sent, then gives the message back: what a broker does that cannot do both in one step. */
    private final class OneByOne implements Sender.Results {
        private final Delivery delivery;
        private final List<Forward> out;
        private final Results results;
        private int confirmed;
        private boolean failed;

        OneByOne(Delivery delivery, List<Forward> out, Results results) {
            this.delivery = delivery;
            this.out = out;
            this.results = results;
        }

        void run() {
            for (Forward forward : out) {
                senders.apply(forward.target()).send(List.of(new Part(forward.message())), this);
            }
        }

        @Override
        public void confirmed(Sender.PendingSend send) {
            if (++confirmed == out.size()) {
                giveBack(delivery, results);
            }
        }

        @Override
        public void rejected(Sender.PendingSend send, QueueException why) {
            unknown(send, why);
        }

        @Override
        public void unknown(Sender.PendingSend send, QueueException why) {
            if (!failed) {
                failed = true;
                new Forwarded(List.of(), results)
                        .unknown(
                                delivery,
                                new QueueException(
                                        ErrorCode.UNAVAILABLE, "what the handler sent may not be stored", why));
            }
        }
    }

    private record Part(Message message) implements Sender.PendingSend {}
}

package io.anyqueue.inmemory;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A receiver for tests, with all that its listener heard. */
final class Consumer implements ReceiverListener {
    final List<String> heard = new ArrayList<>();
    Receiver receiver;
    int wakeUps;
    Runnable onReadable = () -> {};

    ReceiverListener listener() {
        return this;
    }

    List<Delivery> poll() {
        return poll(1000);
    }

    List<Delivery> poll(int max) {
        return poll(max, Long.MAX_VALUE);
    }

    List<Delivery> poll(int max, long maxBytes) {
        List<Delivery> deliveries = new ArrayList<>();
        int count = receiver.poll(max, maxBytes, deliveries::add);
        if (count != deliveries.size()) {
            throw new AssertionError("poll said " + count + " and handed over " + deliveries.size());
        }
        return deliveries;
    }

    List<String> ids() {
        return ids(poll());
    }

    static List<String> ids(List<Delivery> deliveries) {
        return deliveries.stream().map(delivery -> delivery.message().id()).toList();
    }

    Delivery one() {
        List<Delivery> deliveries = poll(1);
        if (deliveries.isEmpty()) {
            throw new AssertionError("nothing to poll");
        }
        return deliveries.get(0);
    }

    List<String> ack(Delivery... deliveries) {
        return ack(Arrays.asList(deliveries));
    }

    List<String> ack(List<Delivery> deliveries) {
        Recorded results = new Recorded();
        receiver.ack(deliveries, results);
        return results.list;
    }

    List<String> extend(Delivery... deliveries) {
        Recorded results = new Recorded();
        receiver.extend(Arrays.asList(deliveries), results);
        return results.list;
    }

    List<String> release(Delivery... deliveries) {
        Recorded results = new Recorded();
        receiver.release(
                Arrays.stream(deliveries)
                        .map(delivery -> new Receiver.Release(delivery, Duration.ZERO, delivery.attempts(), 0))
                        .toList(),
                results);
        return results.list;
    }

    List<String> release(Delivery delivery, Duration delay, int attempts, long firstFailedAtMillis) {
        Recorded results = new Recorded();
        receiver.release(List.of(new Receiver.Release(delivery, delay, attempts, firstFailedAtMillis)), results);
        return results.list;
    }

    List<String> forward(Delivery delivery, Spec target, Message message) {
        return forward(delivery, List.of(new Receiver.Forward(target, message)));
    }

    List<String> forward(Delivery delivery, List<Receiver.Forward> out) {
        Recorded results = new Recorded();
        if (!receiver.forward(delivery, out, results)) {
            throw new AssertionError("forward is not supported");
        }
        return results.list;
    }

    void close() {
        Client.await(receiver.close(Duration.ofSeconds(1)));
    }

    @Override
    public void readable() {
        wakeUps++;
        onReadable.run();
    }

    @Override
    public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
        heard.add("revoking " + shard);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void lost(Object shard, long epoch) {
        heard.add("lost " + epoch);
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        heard.add(state + (why == null ? "" : " " + why.code()));
    }

    private static final class Recorded implements Receiver.Results {
        private final List<String> list = new ArrayList<>();

        @Override
        public void done(Delivery delivery) {
            list.add("done");
        }

        @Override
        public void stale(Delivery delivery) {
            list.add("stale");
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            list.add(why.code().name());
        }
    }
}

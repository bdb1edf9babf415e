package io.anyqueue.conformance.kit;

import io.anyqueue.conformance.kit.TestListener.Ownership;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver.Release;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A consumer of an ordered source as the runtime is one: it gives a shard up when it has nothing of it any more, and forgets what
 * was lost. Used by the case's thread; told of shards by any.
 */
public final class OrderedConsumer {
    private final String name;
    private final TestReceiver receiver;
    private final KeyOrder order;
    private final List<Delivery> held = new ArrayList<>();
    private final Map<Ownership, CompletableFuture<Void>> handingOver = new LinkedHashMap<>();

    /**
     * A consumer.
     *
     * @param name names it in failures; unique within the case
     * @param receiver its receiver
     * @param order judges what it is given
     */
    public OrderedConsumer(String name, TestReceiver receiver, KeyOrder order) {
        this.name = name;
        this.receiver = receiver;
        this.order = order;
        receiver.listener().onLost(this::lost);
        receiver.listener().onRevoking(this::revoking);
    }

    /** {@return its receiver} */
    public TestReceiver receiver() {
        return receiver;
    }

    /** {@return what it has, in the order in which it came} */
    public synchronized List<Delivery> held() {
        return List.copyOf(held);
    }

    /**
     * Polls once and keeps what it gets.
     *
     * @param max at most this many
     * @return what it got
     */
    public List<Delivery> poll(int max) {
        synchronized (this) {
            List<Delivery> polled = receiver.poll(max);
            polled.forEach(delivery -> order.delivered(name, delivery));
            held.addAll(polled);
            return polled;
        }
    }

    /** Polls some and acknowledges all that it has. */
    public void work() {
        var unused = poll(10);
        ack(held());
    }

    /**
     * Acknowledges.
     *
     * @param deliveries in the given order
     */
    public void ack(List<Delivery> deliveries) {
        if (deliveries.isEmpty()) {
            return;
        }
        List<Settled> results = receiver.ack(deliveries);
        for (int i = 0; i < deliveries.size(); i++) {
            if (results.get(i) == Settled.DONE) {
                order.acked(deliveries.get(i));
            } else {
                order.gone(name, deliveries.get(i));
            }
        }
        dropped(deliveries);
    }

    /**
     * Gives back in one call.
     *
     * @param deliveries in the given order
     * @param first the delay of the first; the others have none
     */
    public void release(List<Delivery> deliveries, Duration first) {
        if (deliveries.isEmpty()) {
            return;
        }
        // Before the call, as they may come again before it has returned.
        deliveries.forEach(delivery -> order.gone(name, delivery));
        Delivery head = deliveries.get(0);
        var unused = receiver.releaseAll(deliveries.stream()
                .map(delivery -> new Release(
                        delivery,
                        delivery == head ? first : Duration.ZERO,
                        delivery.attempts(),
                        delivery.firstFailedAtMillis()))
                .toList());
        dropped(deliveries);
    }

    /** Closes its receiver with whatever it has. */
    public void close() {
        receiver.close();
        forget();
    }

    /** It has nothing any more: its leases ended, or its session did. */
    public void forget() {
        synchronized (this) {
            held.clear();
            order.left(name);
        }
        handOver();
    }

    private void dropped(List<Delivery> deliveries) {
        synchronized (this) {
            held.removeAll(deliveries);
        }
        handOver();
    }

    private void lost(Ownership what) {
        synchronized (this) {
            held.removeIf(delivery -> {
                boolean concerned = delivery.shard().equals(what.shard()) && delivery.epoch() <= what.epoch();
                if (concerned) {
                    order.gone(name, delivery);
                }
                return concerned;
            });
        }
        handOver();
    }

    private CompletableFuture<Void> revoking(Ownership what) {
        CompletableFuture<Void> drained = new CompletableFuture<>();
        synchronized (this) {
            handingOver.put(what, drained);
        }
        handOver();
        return drained;
    }

    /** Completes outside the lock: what hangs on a stage is the adapter's code. */
    private void handOver() {
        List<CompletableFuture<Void>> drained = new ArrayList<>();
        synchronized (this) {
            for (Ownership what : List.copyOf(handingOver.keySet())) {
                if (held.stream().noneMatch(delivery -> delivery.shard().equals(what.shard()))) {
                    CompletableFuture<Void> stage = handingOver.remove(what);
                    if (stage != null) {
                        drained.add(stage);
                    }
                }
            }
        }
        drained.forEach(stage -> stage.complete(null));
    }
}

package io.anyqueue.core.consume;

import io.anyqueue.core.TestDelivery;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Has one delivery whenever it is polled, and takes every settlement. */
class StubReceiver implements Receiver {
    private volatile int polls;

    int polls() {
        return polls;
    }

    @Override
    public void window(int messages, long bytes) {}

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // One caller at a time: that is what is tested.
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        polls++;
        into.accept(new TestDelivery("m", "a"));
        return 1;
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        deliveries.forEach(results::done);
    }

    @Override
    public void release(List<Release> batch, Results results) {
        batch.forEach(release -> results.done(release.delivery()));
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        deliveries.forEach(results::done);
    }

    @Override
    public CompletionStage<Void> flush() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return CompletableFuture.completedFuture(null);
    }
}

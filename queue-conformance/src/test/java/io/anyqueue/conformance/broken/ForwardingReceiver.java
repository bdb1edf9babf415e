package io.anyqueue.conformance.broken;

import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A receiver that passes everything on: broken ones override what they break. */
class ForwardingReceiver implements Receiver {
    final Receiver to;

    ForwardingReceiver(Receiver to) {
        this.to = to;
    }

    @Override
    public void window(int messages, long bytes) {
        to.window(messages, bytes);
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        return to.poll(max, maxBytes, into);
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        to.ack(deliveries, results);
    }

    @Override
    public void release(List<Release> batch, Results results) {
        to.release(batch, results);
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
        return to.forward(delivery, out, results);
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        to.extend(deliveries, results);
    }

    @Override
    public CompletionStage<Void> flush() {
        return to.flush();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return to.close(limit);
    }
}

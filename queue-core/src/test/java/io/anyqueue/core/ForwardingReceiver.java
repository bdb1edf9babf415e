package io.anyqueue.core;

import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Does what another receiver does; a test overrides what is to be different. */
class ForwardingReceiver implements Receiver {
    private final Receiver receiver;

    ForwardingReceiver(Receiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void window(int messages, long bytes) {
        receiver.window(messages, bytes);
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        return receiver.poll(max, maxBytes, into);
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        receiver.ack(deliveries, results);
    }

    @Override
    public void release(List<Release> batch, Results results) {
        receiver.release(batch, results);
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
        return receiver.forward(delivery, out, results);
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        receiver.extend(deliveries, results);
    }

    @Override
    public CompletionStage<Void> flush() {
        return receiver.flush();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return receiver.close(limit);
    }
}

package io.anyqueue.core;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A receiver of a {@link FaultyBroker}. */
final class FaultyReceiver implements Receiver {
    private final Receiver receiver;
    private final ReceiverFaults faults;

    FaultyReceiver(Receiver receiver, ReceiverFaults faults) {
        this.receiver = receiver;
        this.faults = faults;
    }

    @Override
    public void window(int messages, long bytes) {
        receiver.window(messages, bytes);
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        int count = receiver.poll(max, maxBytes, into);
        faults.handedOut.addAndGet(count);
        Runnable after = count == 0 ? faults.afterEmptyPoll.getAndSet(null) : null;
        if (after != null) {
            after.run();
        }
        return count;
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        faults.acknowledged.addAndGet(deliveries.size());
        receiver.ack(deliveries, counted(results));
    }

    @Override
    public void release(List<Release> batch, Results results) {
        faults.released.addAndGet(batch.size());
        receiver.release(batch, counted(results));
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
        faults.forwards.incrementAndGet();
        return switch (faults.forwarding) {
            case WORKS -> receiver.forward(delivery, out, counted(results));
            case NOT_OFFERED -> false;
            case UNKNOWN -> {
                results.unknown(delivery, new QueueException(ErrorCode.UNAVAILABLE, "a fault of the test"));
                yield true;
            }
        };
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        if (!faults.extensionsUnanswered) {
            receiver.extend(deliveries, results);
        }
    }

    @Override
    public CompletionStage<Void> flush() {
        return receiver.flush();
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return receiver.close(limit);
    }

    private Results counted(Results results) {
        return new Results() {
            @Override
            public void done(Delivery delivery) {
                results.done(delivery);
            }

            @Override
            public void stale(Delivery delivery) {
                faults.stale.incrementAndGet();
                results.stale(delivery);
            }

            @Override
            public void unknown(Delivery delivery, QueueException why) {
                results.unknown(delivery, why);
            }
        };
    }
}

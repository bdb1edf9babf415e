package io.anyqueue.core;

import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A receiver that takes everything from the broker at once, and hands it out a moment later. */
final class FetchingAhead extends ForwardingReceiver {
    private static final int ALL = 1_000;
    private static final long MOMENT_MILLIS = 50;

    private final Queue<Delivery> onTheWay = new ConcurrentLinkedQueue<>();
    private final Queue<Delivery> buffer = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean fetched = new AtomicBoolean();
    private final Runnable readable;

    FetchingAhead(Receiver to, Runnable readable) {
        super(to);
        this.readable = readable;
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        if (fetched.compareAndSet(false, true)) {
            super.poll(ALL, Long.MAX_VALUE, onTheWay::add);
            CompletableFuture.delayedExecutor(MOMENT_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(this::arrive);
        }
        int count = 0;
        for (Delivery next = buffer.poll(); next != null; next = ++count < max ? buffer.poll() : null) {
            into.accept(next);
        }
        return count;
    }

    private void arrive() {
        buffer.addAll(onTheWay);
        readable.run();
    }
}

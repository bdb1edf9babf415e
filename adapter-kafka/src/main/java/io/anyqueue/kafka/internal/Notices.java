package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverListener.State;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the runtime, and survives what it throws. Safe for use by any thread; states are told by one thread at a time, the intake's, each
 * only when it is another.
 */
final class Notices {
    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

    private final String name;
    private final ReceiverListener listener;
    private volatile boolean closed;
    private @Nullable State told;

    Notices(String name, ReceiverListener listener) {
        this.name = name;
        this.listener = listener;
    }

    void close() {
        closed = true;
    }

    void readable() {
        if (!closed) {
            tell(listener::readable);
        }
    }

    CompletionStage<Void> revoking(PartitionTracker tracker, long untilNanos) {
        try {
            return listener.revoking(tracker.shard(), tracker.epoch(), untilNanos);
        } catch (Throwable e) {
            failed(e);
            return CompletableFuture.completedFuture(null);
        }
    }

    void lost(PartitionTracker tracker) {
        tell(() -> listener.lost(tracker.shard(), tracker.epoch()));
    }

    void lost(Object shard, long epoch) {
        if (!closed) {
            tell(() -> listener.lost(shard, epoch));
        }
    }

    synchronized void state(State state, @Nullable QueueException why) {
        if (state != told && !closed) {
            told = state;
            tell(() -> listener.state(state, why));
        }
    }

    private void tell(Runnable notice) {
        try {
            notice.run();
        } catch (Throwable e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        LOG.error("{}: a callback given to Kafka's adapter failed, which it must not", name, e);
    }

    /** {@return the same; one that throws does not cost the others their result} */
    Receiver.Results guarded(Receiver.Results results) {
        return new Receiver.Results() {
            @Override
            public void done(Delivery delivery) {
                tell(() -> results.done(delivery));
            }

            @Override
            public void stale(Delivery delivery) {
                tell(() -> results.stale(delivery));
            }

            @Override
            public void unknown(Delivery delivery, QueueException why) {
                tell(() -> results.unknown(delivery, why));
            }
        };
    }
}

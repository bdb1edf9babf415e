package io.anyqueue.core.request;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.StartAt;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the replies for one client, on the scheduler's thread: handlers that wait for replies may hold all threads of the
 * executor. A reply is handed on and acknowledged; nothing is decoded here, and nothing is kept.
 */
final class ReplyReceiver implements ReceiverListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyReceiver.class);
    private static final int BATCH = 256;
    private static final long BYTES = 16L * 1024 * 1024;
    private static final long AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Spec queue;
    private final Threads threads;
    private final Consumer<Message> replies;
    private final Receiver receiver;
    /** How often it was said that there is something to receive; whoever raises it from 0 sees to it. */
    private final AtomicInteger said = new AtomicInteger();

    private volatile boolean closed;
    private volatile @Nullable String trouble;

    ReplyReceiver(Broker broker, Spec queue, Threads threads, Consumer<Message> replies) {
        this.queue = queue;
        this.threads = threads;
        this.replies = replies;
        // Until the field is set, nothing is received: the window is closed.
        this.receiver =
                broker.receiver(queue, new ReceiverOptions(queue.endpoint().name(), StartAt.now()), this);
        receiver.window(BATCH, BYTES);
    }

    Spec queue() {
        return queue;
    }

    /** {@return what keeps replies from coming, or null} */
    @Nullable
    String trouble() {
        return trouble;
    }

    @Override
    public void readable() {
        if (said.getAndIncrement() == 0) {
            receiveLater(0);
        }
    }

    private void receiveLater(long nanos) {
        if (!closed) {
            threads.later(this::receiveAll, nanos);
        }
    }

    /** A batch at a time, as the scheduler has other things to do as well. */
    private void receiveAll() {
        int heard = said.get();
        try {
            if (receive() > 0 || said.addAndGet(-heard) != 0) {
                receiveLater(0);
            }
        } catch (RuntimeException e) {
            if (!closed) {
                LOG.warn(
                        "{}: replies could not be received; the next try follows",
                        queue.endpoint().name(),
                        e);
                receiveLater(AFTER_FAILURE_NANOS);
            }
        }
    }

    private int receive() {
        List<Delivery> polled = new ArrayList<>();
        int count = receiver.poll(BATCH, BYTES, polled::add);
        if (count > 0) {
            polled.forEach(delivery -> replies.accept(delivery.message()));
            receiver.ack(polled, new Acknowledged());
        }
        return count;
    }

    CompletionStage<Void> close(Duration limit) {
        closed = true;
        return receiver.close(limit);
    }

    @Override
    public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void lost(Object shard, long epoch) {
        // Nothing is held.
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        String cause = why == null ? "" : ": " + why.getMessage();
        switch (state) {
            case WORKING, IDLE -> trouble = null;
            case LOST_MESSAGES ->
                LOG.warn("{}: replies were lost{}", queue.endpoint().name(), cause);
            default -> {
                trouble = "replies cannot be received, the receiver is " + state + cause;
                LOG.warn("{}: {}", queue.endpoint().name(), trouble);
            }
        }
    }

    /** A reply that comes again finds nobody who waits for it. */
    private final class Acknowledged implements Receiver.Results {
        @Override
        public void done(Delivery delivery) {
            // As it should be.
        }

        @Override
        public void stale(Delivery delivery) {
            LOG.debug(
                    "{}: reply {} comes again",
                    queue.endpoint().name(),
                    delivery.message().id());
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            LOG.debug(
                    "{}: reply {} may come again",
                    queue.endpoint().name(),
                    delivery.message().id(),
                    why);
        }
    }
}

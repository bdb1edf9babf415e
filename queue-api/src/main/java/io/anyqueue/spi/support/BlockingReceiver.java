package io.anyqueue.spi.support;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverListener.State;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.support.FetchBuffer.Work;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A receiver made from a fetch that blocks, for simple adapters. The subclass fetches and settles; this class keeps the
 * window and a bounded buffer (rules BKP-1, BKP-4), keeps what waits in it leased (rule RCV-6), waits longer and longer
 * while the broker is away (rules LIF-3, ERR-2), and closes in bounded time without leaking its thread (rules LIF-1, LIF-2).
 *
 * <p>Threads: {@link #fetch}, {@link #giveBack} and {@link #disconnect} are called by one thread of the receiver's own,
 * which starts when the window is opened; so they are never called at once and may share a client that is not thread-safe.
 * {@code ack}, {@code release}, {@code extend} and {@code flush} are called by any thread, as {@link Receiver} says, and
 * must not wait for that one. The listener is called by the receiver's thread.
 *
 * <p>What waits in the buffer is prolonged with the subclass's {@code extend}, which must say so in
 * {@link Delivery#leaseUntilNanos}: the runtime takes a delivery for lost whose lease is over when it is handed out.
 */
public abstract class BlockingReceiver implements Receiver {
    private static final Logger LOG = System.getLogger(BlockingReceiver.class.getName());

    /** The longest wait of a fetch: pausing and closing wait for it, and what is given back must be so within 2 s. */
    private static final Duration FETCH_WAIT = Duration.ofMillis(500);

    private final BrokerConfig config;
    private final ReceiverListener listener;
    private final String consumer;
    private final long leaseNanos;
    private final FetchBuffer buffer = new FetchBuffer();
    private final Backoff backoff = new Backoff(new SplittableRandom());
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile long closeUntilNanos;
    private boolean working;

    /**
     * Creates a receiver that does nothing until its window is opened.
     *
     * @param config gives the time and the timers
     * @param source what is received from
     * @param options names the consumer, and with it the thread
     * @param listener hears of deliveries and failures
     */
    protected BlockingReceiver(BrokerConfig config, Spec source, ReceiverOptions options, ReceiverListener listener) {
        this.config = config;
        this.listener = listener;
        this.consumer = options.consumer();
        this.leaseNanos = source.lease().toNanos();
    }

    /**
     * Fetches deliveries, connecting first where that is needed. Called by the receiver's thread.
     *
     * @param max most deliveries, 1 or more
     * @param maxBytes most bytes, 1 or more; may be overshot by one native fetch
     * @param wait how long to wait at most if there are none; not waiting would be a busy loop
     * @return the deliveries, oldest first; empty if there were none
     * @throws Exception if it failed: it is reported as {@link State#RECONNECTING}, or as {@link State#BLOCKED} if it has a
     *     code that is not retryable, such as NOT_FOUND, and fetching goes on after a pause. It is also interrupted, and may throw, when closing takes too long
     */
    protected abstract List<? extends Delivery> fetch(int max, long maxBytes, Duration wait) throws Exception;

    /**
     * Gives back deliveries that were not polled, uncounted and in the given order. Called by the receiver's thread. Where
     * it fails the deliveries are left to the end of their leases.
     *
     * @param deliveries the deliveries, oldest first; not empty
     */
    protected abstract void giveBack(List<? extends Delivery> deliveries);

    /**
     * Makes acknowledgements durable, gives back what was polled and not settled, and frees what the receiver holds. Called
     * once and last, by the receiver's thread, also if nothing was ever fetched.
     *
     * @param limit how long it may take; then the thread is interrupted
     */
    protected abstract void disconnect(Duration limit);

    @Override
    public final void window(int messages, long bytes) {
        buffer.window(messages, bytes);
        if (messages > 0) {
            start();
        }
    }

    @Override
    public final int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        return buffer.poll(max, maxBytes, into);
    }

    @Override
    public final CompletionStage<Void> close(Duration limit) {
        if (closing.compareAndSet(false, true)) {
            closeUntilNanos = config.time().nanoTime() + limit.toNanos();
            buffer.close();
            start();
            ScheduledFuture<?> timer = config.scheduler().schedule(this::giveUp, limit.toNanos(), TimeUnit.NANOSECONDS);
            var unused = closed.whenComplete((done, failure) -> timer.cancel(false));
        }
        return closed;
    }

    /** A fetch that hangs must end too, or its thread would be leaked. */
    private void giveUp() {
        Thread fetching = thread.get();
        if (fetching != null) {
            fetching.interrupt();
        }
        closed.complete(null);
    }

    private void start() {
        if (thread.get() == null) {
            Thread created = new Thread(this::run, "anyqueue-fetch-" + consumer);
            created.setDaemon(true);
            if (thread.compareAndSet(null, created)) {
                created.start();
            }
        }
    }

    private void run() {
        long third = Math.max(1, leaseNanos / 3);
        ScheduledFuture<?> leases =
                config.scheduler().scheduleWithFixedDelay(buffer::leasesDue, third, third, TimeUnit.NANOSECONDS);
        try {
            Work work = buffer.next();
            while (!work.closed()) {
                doWork(work);
                work = buffer.next();
            }
            end(work);
            closed.complete(null);
        } catch (Throwable failure) {
            closed.completeExceptionally(explained(failure, "close"));
        } finally {
            leases.cancel(false);
        }
    }

    /** Errors are caught too: without its thread a receiver would stand still and nobody would know (rule LIF-4). */
    private void doWork(Work work) {
        try {
            if (!work.giveBack().isEmpty()) {
                giveBack(work.giveBack());
            }
            keepLeased(work.keepLeased());
            if (work.messages() > 0) {
                fetch(work);
            }
        } catch (Throwable failure) {
            retryLater(failure);
        }
    }

    private void fetch(Work work) throws Exception {
        List<? extends Delivery> fetched = fetch(work.messages(), work.bytes(), FETCH_WAIT);
        backoff.reset();
        if (!working) {
            working = true;
            tell(() -> listener.state(State.WORKING, null));
        }
        if (!fetched.isEmpty() && buffer.add(fetched)) {
            tell(listener::readable);
        }
    }

    private void keepLeased(List<Delivery> buffered) {
        long soon = config.time().nanoTime() + leaseNanos / 3 * 2;
        List<Delivery> due = buffered.stream()
                .filter(delivery -> delivery.leaseUntilNanos() != Long.MAX_VALUE)
                .filter(delivery -> delivery.leaseUntilNanos() - soon <= 0)
                .toList();
        if (!due.isEmpty()) {
            extend(due, new BufferedLeases(buffer));
        }
    }

    private void retryLater(Throwable failure) {
        if (!closing.get()) {
            working = false;
            buffer.hold();
            QueueException why = explained(failure, "fetch");
            State state = why.code().retryable() ? State.RECONNECTING : State.BLOCKED;
            tell(() -> listener.state(state, why));
            var unused =
                    config.scheduler().schedule(buffer::goOn, backoff.next().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** A listener that throws, which it must not, must not end the thread: nobody would fetch any more. */
    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.ERROR, "The listener of consumer " + consumer + " failed, which it must not", e);
        }
    }

    private QueueException explained(Throwable failure, String what) {
        return failure instanceof QueueException known
                ? known
                : new QueueException(ErrorCode.UNAVAILABLE, "consumer " + consumer + " cannot " + what, failure);
    }

    private void end(Work work) {
        try {
            if (!work.giveBack().isEmpty()) {
                giveBack(work.giveBack());
            }
        } finally {
            disconnect(
                    Duration.ofNanos(Math.max(0, closeUntilNanos - config.time().nanoTime())));
        }
    }

    /** A buffered delivery whose lease was lost must not be handed out; one whose fate is unknown is tried again later. */
    private record BufferedLeases(FetchBuffer buffer) implements Results {
        @Override
        public void done(Delivery delivery) {}

        @Override
        public void stale(Delivery delivery) {
            buffer.drop(delivery);
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {}
    }
}

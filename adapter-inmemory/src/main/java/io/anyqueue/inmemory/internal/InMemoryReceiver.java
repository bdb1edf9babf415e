package io.anyqueue.inmemory.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes deliveries straight from the state: nothing is buffered here, so an open window is all that counts. */
final class InMemoryReceiver implements Receiver {
    /** Most deliveries that are handed out under one lock. */
    private static final int CHUNK = 1024;

    private final InMemoryBroker broker;
    private final ReceiverListener listener;
    private final Holder holder;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private @Nullable Receipt[] chunk = {};

    InMemoryReceiver(InMemoryBroker broker, BrokerState state, Endpoint source, ReceiverListener listener) {
        this.broker = broker;
        this.listener = listener;
        this.holder = new Holder(state, source, broker.clock().offset(), this);
    }

    Holder holder() {
        return holder;
    }

    ReceiverListener listener() {
        return listener;
    }

    void readable() {
        listener.readable();
    }

    @Override
    public void window(int messages, long bytes) {
        if (messages < 0 || bytes < 0) {
            throw invalid("the window must be 0 or more, is " + messages + " messages, " + bytes + " bytes");
        }
        BrokerState state = broker.enter();
        try {
            if (!closed.isDone()) {
                // Nothing is held that was not polled, so the bytes never close the window.
                state.window(broker.clock().now(), holder, messages > 0);
            }
        } finally {
            broker.leave();
        }
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        if (max < 1) {
            throw invalid("max must be 1 or more, is " + max);
        }
        Refusals.checkNotNull(into, "into");
        int limit = Math.min(max, CHUNK);
        if (chunk.length < limit) {
            chunk = new Receipt[limit];
        }
        int count = checkout(limit, maxBytes);
        handOver(count, into);
        if (count == limit && limit < max) {
            listener.readable();
        }
        return count;
    }

    private int checkout(int limit, long maxBytes) {
        BrokerState state = broker.enter();
        try {
            return state.checkout(broker.clock().now(), holder, limit, maxBytes, chunk);
        } finally {
            broker.leave();
        }
    }

    private void handOver(int count, Consumer<? super Delivery> into) {
        int given = 0;
        try {
            while (given < count) {
                Receipt receipt = chunk[given++];
                if (receipt != null) {
                    into.accept(receipt);
                }
            }
        } finally {
            if (given < count) {
                undo(given, count);
            }
            Arrays.fill(chunk, 0, count, null);
        }
    }

    /** The callback threw: what it was not given is there to be polled again. */
    private void undo(int from, int to) {
        BrokerState state = broker.enter();
        try {
            long now = broker.clock().now();
            for (int i = to - 1; i >= from; i--) {
                Receipt receipt = chunk[i];
                if (receipt != null) {
                    state.undo(now, holder, receipt);
                }
            }
        } finally {
            broker.leave();
        }
        try {
            listener.readable();
        } catch (RuntimeException e) {
            Callbacks.failed(e);
        }
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Results results) {
        settle(
                deliveries,
                Function.identity(),
                results,
                (state, now, item, receipt) -> state.acknowledge(now, holder, receipt));
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Results results) {
        settle(
                deliveries,
                Function.identity(),
                results,
                (state, now, item, receipt) -> state.extend(now, holder, receipt));
    }

    @Override
    public void release(List<Release> batch, Results results) {
        settle(batch, Release::delivery, results, (state, now, item, receipt) -> {
            if (item.delay().isNegative()) {
                return Outcome.NEGATIVE_DELAY;
            }
            long due = item.delay().isZero() ? 0 : BrokerState.plus(now, BrokerState.nanos(item.delay()));
            return state.release(now, holder, receipt, due, item.attempts(), item.firstFailedAtMillis());
        });
    }

    /** A command on one delivery. */
    private interface Command<T> {
        Outcome run(BrokerState state, long now, T item, Receipt receipt);
    }

    private <T> void settle(
            List<? extends T> items, Function<T, Delivery> delivery, Results results, Command<T> command) {
        Refusals.checkNoNull(items, "deliveries");
        Refusals.checkNotNull(results, "results");
        @Nullable Outcome[] failed = null;
        BrokerState state = broker.enter();
        try {
            long now = broker.clock().now();
            int index = 0;
            for (T item : items) {
                Outcome outcome = delivery.apply(item) instanceof Receipt receipt
                        ? command.run(state, now, item, receipt)
                        : Outcome.FOREIGN;
                if (outcome != Outcome.DONE) {
                    failed = failed == null ? new Outcome[items.size()] : failed;
                    failed[index] = outcome;
                }
                index++;
            }
        } finally {
            broker.leave();
        }
        int index = 0;
        for (T item : items) {
            report(delivery.apply(item), failed == null ? null : failed[index], results);
            index++;
        }
    }

    private void report(Delivery delivery, @Nullable Outcome failure, Results results) {
        try {
            if (failure == null) {
                results.done(delivery);
            } else if (failure == Outcome.STALE) {
                results.stale(delivery);
            } else {
                results.unknown(delivery, Refusals.of(failure, holder.endpoint));
            }
        } catch (RuntimeException e) {
            Callbacks.failed(e);
        }
    }

    @Override
    public boolean forward(Delivery delivery, List<Forward> out, Results results) {
        Refusals.checkNotNull(delivery, "delivery");
        Refusals.checkNoNull(out, "what is forwarded");
        Refusals.checkNotNull(results, "results");
        if (!(delivery instanceof Receipt receipt)) {
            report(delivery, Outcome.FOREIGN, results);
            return true;
        }
        List<BrokerState.Parcel> parcels = new ArrayList<>(out.size());
        BrokerState.Verdict verdict;
        BrokerState state = broker.enter();
        try {
            long now = broker.clock().now();
            for (Forward forward : out) {
                Endpoint target = forward.target().endpoint();
                parcels.add(new BrokerState.Parcel(
                        state.find(target.physicalName(), target),
                        forward.message(),
                        broker.clock().due(forward.message().deliverAtMillis())));
            }
            verdict = state.forward(now, holder, receipt, parcels);
        } finally {
            broker.leave();
        }
        report(receipt, verdict, out, parcels, results);
        return true;
    }

    private void report(
            Receipt receipt,
            BrokerState.Verdict verdict,
            List<Forward> out,
            List<BrokerState.Parcel> parcels,
            Results results) {
        Outcome outcome = verdict.outcome();
        if (outcome == Outcome.DONE || outcome == Outcome.STALE || outcome == Outcome.FOREIGN) {
            report(receipt, outcome == Outcome.DONE ? null : outcome, results);
            return;
        }
        Endpoint target = out.get(verdict.index()).target().endpoint();
        BrokerState.Parcel parcel = parcels.get(verdict.index());
        Destination destination = parcel.destination();
        Definition definition = destination == null ? null : destination.definition();
        results.unknown(receipt, Refusals.of(outcome, target, definition, parcel.message()));
    }

    @Override
    public CompletionStage<Void> flush() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        BrokerState state = broker.enter();
        try {
            if (!closed.isDone()) {
                state.detach(broker.clock().now(), holder);
                closed.complete(null);
            }
        } finally {
            broker.leave();
        }
        broker.forget(this);
        return closed;
    }

    private QueueException invalid(String message) {
        return new QueueException(
                ErrorCode.INVALID_ARGUMENT, message + " (receiver of " + holder.endpoint.physicalName() + ")");
    }
}

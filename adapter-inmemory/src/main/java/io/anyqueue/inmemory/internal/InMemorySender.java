package io.anyqueue.inmemory.internal;

import io.anyqueue.Message;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Stores a batch under one lock and reports it on the caller's thread before it returns. */
final class InMemorySender implements Sender {
    private final InMemoryBroker broker;
    private final Endpoint target;
    private final String physicalName;
    private final CompletionStage<Void> done = CompletableFuture.completedFuture(null);
    private volatile boolean closed;

    InMemorySender(InMemoryBroker broker, Endpoint target) {
        this.broker = broker;
        this.target = target;
        this.physicalName = target.physicalName();
    }

    @Override
    public void send(List<? extends PendingSend> batch, Results results) {
        Refusals.checkNoNull(batch, "messages");
        Refusals.checkNotNull(results, "results");
        @Nullable Outcome[] refused = null;
        Definition definition = null;
        BrokerState state = broker.enter();
        try {
            Destination destination = state.find(physicalName, target);
            definition = destination == null ? null : destination.definition();
            long now = broker.clock().now();
            boolean blocked = false;
            int index = 0;
            for (PendingSend send : batch) {
                Outcome outcome = blocked ? Outcome.FULL : store(state, destination, send.message(), now);
                if (!outcome.confirmed()) {
                    refused = refused == null ? new Outcome[batch.size()] : refused;
                    refused[index] = outcome;
                    // A later message of the key must not overtake one that will be sent again.
                    blocked = outcome == Outcome.FULL && definition != null && definition.ordered();
                }
                index++;
            }
        } finally {
            broker.leave();
        }
        report(batch, refused, definition, results);
    }

    private Outcome store(BrokerState state, @Nullable Destination destination, Message message, long now) {
        if (closed || broker.isClosed()) {
            return Outcome.CLOSED;
        }
        if (destination == null) {
            return Outcome.NOT_FOUND;
        }
        return state.send(now, destination, message, broker.clock().due(message.deliverAtMillis()));
    }

    private void report(
            List<? extends PendingSend> batch,
            @Nullable Outcome @Nullable [] refused,
            @Nullable Definition definition,
            Results results) {
        int index = 0;
        for (PendingSend send : batch) {
            Outcome outcome = refused == null ? null : refused[index];
            try {
                if (outcome == null) {
                    results.confirmed(send);
                } else {
                    results.rejected(send, Refusals.of(outcome, target, definition, send.message()));
                }
            } catch (RuntimeException e) {
                Callbacks.failed(e);
            }
            index++;
        }
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        closed = true;
        return done;
    }
}

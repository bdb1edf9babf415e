package io.anyqueue.rabbitmq;

import io.anyqueue.QueueException;
import io.anyqueue.spi.ReceiverListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down what a receiver says. Safe for use by any thread. */
final class LiveListener implements ReceiverListener {
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final List<String> states = new CopyOnWriteArrayList<>();

    List<String> lost() {
        return List.copyOf(lost);
    }

    /** {@return such as "WORKING" and "BLOCKED NOT_FOUND"} */
    List<String> states() {
        return List.copyOf(states);
    }

    @Override
    public void readable() {}

    @Override
    public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void lost(Object shard, long epoch) {
        lost.add(shard + " " + epoch);
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        states.add(why == null ? state.name() : state + " " + why.code());
    }
}

package io.anyqueue.conformance.kit;

import io.anyqueue.QueueException;
import io.anyqueue.spi.ReceiverListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Remembers what an adapter says of a receiver. Safe for use by any thread. */
public final class TestListener implements ReceiverListener {
    private final AtomicInteger readable = new AtomicInteger();
    private final List<Ownership> revoking = new CopyOnWriteArrayList<>();
    private final List<Ownership> lost = new CopyOnWriteArrayList<>();
    private final List<State> states = new CopyOnWriteArrayList<>();
    private final List<QueueException> failures = new CopyOnWriteArrayList<>();
    private volatile Runnable onReadable = () -> {};
    private volatile Consumer<State> onState = state -> {};
    private volatile Consumer<Ownership> onLost = ownership -> {};
    private volatile Function<Ownership, CompletionStage<Void>> onRevoking =
            ownership -> CompletableFuture.completedFuture(null);

    /**
     * A shard that was taken away.
     *
     * @param shard the shard
     * @param epoch its fencing token
     */
    public record Ownership(Object shard, long epoch) {}

    /** {@return how often something was said to be there} */
    public int wakeUps() {
        return readable.get();
    }

    /** {@return the shards that were to be handed over} */
    public List<Ownership> revoking() {
        return List.copyOf(revoking);
    }

    /** {@return the shards that were lost} */
    public List<Ownership> lost() {
        return List.copyOf(lost);
    }

    /** {@return the states, in order} */
    public List<State> states() {
        return List.copyOf(states);
    }

    /** {@return the failures behind the states, in order} */
    public List<QueueException> failures() {
        return List.copyOf(failures);
    }

    /**
     * Runs something on the adapter's thread when the state changes.
     *
     * @param task is given the state
     */
    public void onState(Consumer<State> task) {
        this.onState = task;
    }

    /**
     * Runs something on the adapter's thread when a shard was lost.
     *
     * @param task is given the shard
     */
    public void onLost(Consumer<Ownership> task) {
        this.onLost = task;
    }

    /**
     * Decides for how long a hand-over waits.
     *
     * @param stage gives for a shard what completes when nothing of it is left
     */
    public void onRevoking(Function<Ownership, CompletionStage<Void>> stage) {
        this.onRevoking = stage;
    }

    /**
     * Runs something on the adapter's thread when there is something to poll.
     *
     * @param task the task
     */
    public void onReadable(Runnable task) {
        this.onReadable = task;
    }

    /**
     * Lets a hand-over wait.
     *
     * @param stage completes when nothing of a shard is left
     */
    public void drainedWhen(CompletionStage<Void> stage) {
        this.onRevoking = ownership -> stage;
    }

    @Override
    public void readable() {
        readable.incrementAndGet();
        onReadable.run();
    }

    @Override
    public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
        Ownership ownership = new Ownership(shard, epoch);
        revoking.add(ownership);
        return onRevoking.apply(ownership);
    }

    @Override
    public void lost(Object shard, long epoch) {
        Ownership ownership = new Ownership(shard, epoch);
        lost.add(ownership);
        onLost.accept(ownership);
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        states.add(state);
        if (why != null) {
            failures.add(why);
        }
        onState.accept(state);
    }
}

package io.anyqueue.inmemory.internal;

import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.ReceiverListener.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A broker's state behind its lock, shared by the clients that are connected to it. Effects are gathered while the lock is
 * held and carried out after it was given back, on the thread of the command.
 */
final class Instance implements Effects {
    private final ReentrantLock lock = new ReentrantLock();
    private final BrokerState state = new BrokerState(this);
    private final ParkedMessages parked = new ParkedMessages();
    private @Nullable List<Runnable> pending;
    private @Nullable Map<TopicEndpoint, Integer> unrouted;
    private volatile InMemoryBroker[] clients = {};

    ParkedMessages parked() {
        return parked;
    }

    /** Takes the lock; {@link #leave} must follow. */
    BrokerState enter() {
        lock.lock();
        return state;
    }

    /** Gives the lock back and carries out what the commands brought about. */
    void leave(InMemoryBroker client) {
        List<Runnable> effects = pending;
        Map<TopicEndpoint, Integer> unheard = unrouted;
        pending = null;
        unrouted = null;
        long earliest = state.earliest();
        lock.unlock();
        for (InMemoryBroker each : clients) {
            each.alarm().set(earliest);
        }
        if (effects != null) {
            effects.forEach(Instance::carryOut);
        }
        if (unheard != null) {
            unheard.forEach((topic, messages) -> carryOut(() -> client.events().unrouted(topic, messages)));
        }
    }

    /** What fails here is not the fault of the command, which took effect. */
    private static void carryOut(Runnable effect) {
        try {
            effect.run();
        } catch (RuntimeException e) {
            Callbacks.failed(e);
        }
    }

    /** {@return the clock, in step with that of another client where there is one} */
    StateClock inStep(StateClock clock) {
        InMemoryBroker[] others = clients;
        return others.length == 0 ? clock : clock.alignedWith(others[0].clock());
    }

    void connected(InMemoryBroker client) {
        enter();
        try {
            List<InMemoryBroker> all = new ArrayList<>(List.of(clients));
            all.add(client);
            clients = all.toArray(InMemoryBroker[]::new);
        } finally {
            leave(client);
        }
    }

    void closed(InMemoryBroker client) {
        enter();
        try {
            List<InMemoryBroker> all = new ArrayList<>(List.of(clients));
            all.remove(client);
            clients = all.toArray(InMemoryBroker[]::new);
        } finally {
            leave(client);
        }
    }

    @Override
    public void readable(Holder holder) {
        later(receiver(holder)::readable);
    }

    @Override
    public void lost(Holder holder, Object shard, long epoch) {
        later(() -> receiver(holder).listener().lost(shard, epoch));
    }

    @Override
    public void exists(Holder holder, boolean exists) {
        later(() -> receiver(holder)
                .listener()
                .state(
                        exists ? State.WORKING : State.BLOCKED,
                        exists ? null : Refusals.of(Outcome.NOT_FOUND, holder.endpoint)));
    }

    @Override
    public void unrouted(TopicEndpoint topic) {
        if (unrouted == null) {
            unrouted = new LinkedHashMap<>();
        }
        unrouted.merge(topic, 1, Integer::sum);
    }

    private void later(Runnable effect) {
        if (pending == null) {
            pending = new ArrayList<>(2);
        }
        pending.add(effect);
    }

    private static InMemoryReceiver receiver(Holder holder) {
        return (InMemoryReceiver) holder.receiver;
    }
}

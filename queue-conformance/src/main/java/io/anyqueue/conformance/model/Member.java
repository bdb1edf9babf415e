package io.anyqueue.conformance.model;

import io.anyqueue.conformance.kit.TestListener.Ownership;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.List;

/** A consumer of a program: its receiver, what it holds and what it had. Used by one thread. */
final class Member {
    final int number;
    final int client;
    final Spec spec;
    final SourceModel source;
    final TestReceiver receiver;
    /** What it still can settle, in the order in which it came. */
    final List<Hold> held = new ArrayList<>();

    final List<Hold> had = new ArrayList<>();
    private int revokingHeard;
    private int lostHeard;

    Member(int number, int client, Spec spec, SourceModel source, TestReceiver receiver) {
        this.number = number;
        this.client = client;
        this.spec = spec;
        this.source = source;
        this.receiver = receiver;
    }

    /** Tells the model what the receiver's listener heard since the last time. */
    void hear() {
        List<Ownership> revoking = receiver.listener().revoking();
        revoking.subList(revokingHeard, revoking.size())
                .forEach(shard -> source.taken(number, shard.shard(), shard.epoch(), false));
        revokingHeard = revoking.size();
        List<Ownership> lost = receiver.listener().lost();
        lost.subList(lostHeard, lost.size()).forEach(shard -> source.taken(number, shard.shard(), shard.epoch(), true));
        lostHeard = lost.size();
    }

    /** {@return some of what it holds; empty if it holds nothing} */
    List<Hold> pick(int from, int count) {
        if (held.isEmpty()) {
            return List.of();
        }
        int first = from % held.size();
        return List.copyOf(held.subList(first, Math.min(held.size(), first + count)));
    }

    void forget(List<Hold> holds) {
        held.removeAll(holds);
        had.addAll(holds);
    }

    void forgetAll() {
        forget(List.copyOf(held));
    }
}

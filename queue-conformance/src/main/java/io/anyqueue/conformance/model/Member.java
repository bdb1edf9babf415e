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
    private Heard heard = new Heard(0, 0);

    /**
     * How far the listener was heard.
     *
     * @param revoking so many shards that were to be handed over
     * @param lost so many that were lost
     */
    record Heard(int revoking, int lost) {}

    Member(int number, int client, Spec spec, SourceModel source, TestReceiver receiver) {
        this.number = number;
        this.client = client;
        this.spec = spec;
        this.source = source;
        this.receiver = receiver;
    }

    /** Tells the model what the receiver's listener heard since the last time. */
    void hear() {
        heard = hearFrom(heard);
    }

    /** What was said while something was polled may be about that: tells the model again, now that it knows of it. */
    void hearAgain(Heard before) {
        heard = hearFrom(before);
    }

    /** {@return what the model was told so far} */
    Heard heard() {
        return heard;
    }

    private Heard hearFrom(Heard before) {
        List<Ownership> revoking = receiver.listener().revoking();
        revoking.subList(before.revoking(), revoking.size())
                .forEach(shard -> source.taken(number, shard.shard(), shard.epoch(), false));
        List<Ownership> lost = receiver.listener().lost();
        lost.subList(before.lost(), lost.size())
                .forEach(shard -> source.taken(number, shard.shard(), shard.epoch(), true));
        return new Heard(revoking.size(), lost.size());
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

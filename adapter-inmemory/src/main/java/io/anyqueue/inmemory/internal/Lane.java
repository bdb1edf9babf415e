package io.anyqueue.inmemory.internal;

import io.anyqueue.spi.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one key on an ordered source, in order. While some of them are with a receiver the key is that receiver's
 * (rule ORD-1). An entry keeps its place when it is given back, so that order needs no other care.
 */
final class Lane {
    /**
     * How many messages of one key are out at most, so that a stuck key with a long backlog does not fill a consumer's
     * buffer (rule ORD-2).
     */
    static final int MOST_OUT = 32;

    final String key;
    final Shard shard;

    /** Who holds some of it. */
    @Nullable
    Holder owner;

    /** The owner's fencing token. */
    long epoch;

    /** How many are leased. */
    int out;

    /** The list of ready lanes that it is in, and its neighbours there. */
    @Nullable
    LaneList list;

    @Nullable
    Lane previous;

    @Nullable
    Lane next;

    private @Nullable Entry first;
    private @Nullable Entry last;

    /** The first entry that is not leased. */
    private @Nullable Entry turn;

    Lane(Endpoint source, String key) {
        this.key = key;
        this.shard = new Shard(source, key);
    }

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    Entry first() {
        return first;
    }

    /** {@return the entry that can be handed out now, if any: none overtakes one that is delayed} */
    @Nullable
    Entry takable() {
        Entry entry = turn;
        return entry != null && entry.ready() && out < MOST_OUT ? entry : null;
    }

    void append(Entry entry) {
        Entry end = last;
        entry.ahead = end;
        last = entry;
        if (end == null) {
            first = entry;
        } else {
            end.behind = entry;
        }
        if (turn == null) {
            turn = entry;
        }
    }

    /** Its turn passes on; called before the entry counts as leased. */
    void taken(Entry entry) {
        out++;
        Entry following = entry.behind;
        while (following != null && following.leased()) {
            following = following.behind;
        }
        turn = following;
    }

    /** A leased entry is back in its place. */
    void returned(Entry entry) {
        Entry current = turn;
        if (current == null || entry.sequence < current.sequence) {
            turn = entry;
        }
        leave();
    }

    /** A leased entry is gone. */
    void removed(Entry entry) {
        Entry before = entry.ahead;
        Entry after = entry.behind;
        if (before == null) {
            first = after;
        } else {
            before.behind = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.ahead = before;
        }
        entry.ahead = null;
        entry.behind = null;
        leave();
    }

    private void leave() {
        out--;
        if (out == 0) {
            owner = null;
        }
    }

    /**
     * What can be lost: a key of a source.
     *
     * @param source the source
     * @param key the key
     */
    record Shard(Endpoint source, String key) {}
}

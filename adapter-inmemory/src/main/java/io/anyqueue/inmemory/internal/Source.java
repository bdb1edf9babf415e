package io.anyqueue.inmemory.internal;

import io.anyqueue.History;
import io.anyqueue.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A queue or subscription: what it stores, in the order of storing, and what of it is ready, delayed or leased. All leases of
 * a source are equally long, so the list of what is leased is in the order in which the leases end, and nothing but its first
 * entry needs to be looked at.
 */
final class Source implements Destination {
    final Waiters waiters;

    private final Definition definition;
    private final long lease;
    private final RecentIds recentIds;
    private final Ready ready;
    private final EntryList leased = new EntryList();
    private final EntryList inTransit = new EntryList();
    private final PriorityQueue<Entry> delayed = new PriorityQueue<>(
            Comparator.comparingLong((Entry e) -> e.deadline).thenComparingLong(e -> e.sequence));
    private @Nullable Entry oldest;
    private @Nullable Entry newest;
    private long messages;
    private long bytes;
    private long leasedMessages;
    private long reservedMessages;
    private long reservedBytes;

    Source(Definition definition, Effects effects) {
        this.definition = definition;
        this.lease = BrokerState.nanos(definition.lease());
        this.recentIds = new RecentIds(BrokerState.nanos(definition.bounds().deduplication()));
        this.waiters = new Waiters(effects);
        this.ready = definition.ordered()
                ? new KeyedReady(definition.endpoint(), waiters)
                : new FifoReady(definition.priorities(), waiters);
    }

    @Override
    public Definition definition() {
        return definition;
    }

    @Override
    public RecentIds recentIds() {
        return recentIds;
    }

    @Override
    public boolean full(int size, boolean later) {
        Bounds bounds = definition.bounds();
        return messages + reservedMessages >= bounds.maxMessages() || bytes + reservedBytes + size > bounds.maxBytes();
    }

    @Override
    public void reserve(int count, int size, boolean later) {
        reservedMessages += count;
        reservedBytes += size;
    }

    @Override
    public int store(Message message, int size, long due, BrokerState state) {
        Entry entry = new Entry(message, state.nextSequence(), state.now(), size);
        append(entry);
        if (due > state.now()) {
            delay(entry, due, state);
        } else {
            ready.stored(entry);
        }
        return 1;
    }

    /** Hands out what is ready; the caller's array takes it. */
    int checkout(Holder holder, int max, long maxBytes, @Nullable Receipt[] into, BrokerState state) {
        long deadline = BrokerState.plus(state.now(), lease);
        long taken = 0;
        int count = 0;
        Entry entry = ready.peek(holder);
        while (entry != null && count < max && (count == 0 || taken + entry.size <= maxBytes)) {
            long epoch = ready.take(entry, holder);
            entry.deliveries++;
            entry.deadline = deadline;
            Receipt receipt = new Receipt(entry, holder, epoch);
            entry.receipt = receipt;
            leased.addLast(entry);
            into[count++] = receipt;
            taken += entry.size;
            entry = ready.peek(holder);
        }
        if (count > 0) {
            leasedMessages += count;
            state.note(deadline);
        }
        holder.cut = entry != null && count < max;
        if (entry == null || count < max) {
            waiters.add(holder);
        }
        return count;
    }

    /** Tells a receiver that has just begun whether there is something for it. */
    void opened(Holder holder, Effects effects) {
        if (ready.peek(holder) == null) {
            waiters.add(holder);
        } else {
            effects.readable(holder);
        }
    }

    /** Takes back what was checked out last and not handed over, as if it had not been checked out. */
    void undo(Entry entry) {
        retract(entry);
        entry.deliveries--;
        ready.notHandedOver(entry);
    }

    void acknowledge(Entry entry, Holder holder) {
        retract(entry);
        remove(entry);
        ready.removed(entry);
        settled(holder);
    }

    void release(Entry entry, Holder holder, long due, History history, BrokerState state) {
        retract(entry);
        entry.history = history;
        if (due > state.now()) {
            delay(entry, due, state);
        }
        ready.released(entry);
        settled(holder);
    }

    void extend(Entry entry, BrokerState state) {
        leased.remove(entry);
        entry.deadline = BrokerState.plus(state.now(), lease);
        leased.addLast(entry);
        state.note(entry.deadline);
    }

    /** A receiver whose bytes were used up has room again. */
    private void settled(Holder holder) {
        if (holder.cut && ready.peek(holder) != null) {
            holder.cut = false;
            waiters.wake(holder);
        }
    }

    @Override
    public void advance(BrokerState state) {
        for (Entry entry = leased.first(); entry != null && entry.deadline <= state.now(); entry = leased.first()) {
            entry.crashes++;
            Lane lane = entry.lane;
            if (lane == null) {
                retract(entry);
                inTransit.addLast(entry);
            } else {
                takeBack(lane, state.effects());
            }
        }
        giveBackInTransit();
        for (Entry entry = delayed.peek(); entry != null && entry.deadline <= state.now(); entry = delayed.peek()) {
            delayed.remove();
            entry.deadline = Entry.NONE;
            ready.due(entry);
        }
    }

    /** A lease of the key ran out: all of the key is taken back, so that it stays in order. */
    private void takeBack(Lane lane, Effects effects) {
        Holder owner = lane.owner;
        if (owner != null) {
            effects.lost(owner, lane.shard, lane.epoch);
        }
        for (Entry entry = lane.first(); entry != null; entry = entry.behind) {
            if (entry.leased()) {
                retract(entry);
                inTransit.addLast(entry);
            }
        }
        giveBackInTransit();
    }

    /** A receiver leaves: what it has is given back, which is no crash. */
    void takeBack(Holder holder) {
        waiters.remove(holder);
        Entry entry = leased.first();
        while (entry != null) {
            Entry following = entry.next;
            Receipt receipt = entry.receipt;
            if (receipt != null && receipt.holder == holder) {
                retract(entry);
                inTransit.addLast(entry);
            }
            entry = following;
        }
        giveBackInTransit();
    }

    private void giveBackInTransit() {
        for (Entry entry = inTransit.removeLast(); entry != null; entry = inTransit.removeLast()) {
            ready.takenBack(entry);
        }
    }

    private void retract(Entry entry) {
        leased.remove(entry);
        leasedMessages--;
        entry.receipt = null;
        entry.deadline = Entry.NONE;
    }

    private void delay(Entry entry, long due, BrokerState state) {
        entry.deadline = due;
        delayed.add(entry);
        state.note(due);
    }

    @Override
    public long nextDue() {
        Entry firstLeased = leased.first();
        Entry firstDelayed = delayed.peek();
        long lapse = firstLeased == null ? Long.MAX_VALUE : firstLeased.deadline;
        return firstDelayed == null ? lapse : Math.min(lapse, firstDelayed.deadline);
    }

    @Override
    public void clear(Effects effects) {
        for (Entry entry = oldest; entry != null; entry = entry.newer) {
            entry.receipt = null;
            Lane lane = entry.lane;
            Holder owner = lane == null ? null : lane.owner;
            if (lane != null && owner != null) {
                lane.owner = null;
                owner.lanes.clear();
                effects.lost(owner, lane.shard, lane.epoch);
            }
        }
        ready.clear();
        leased.clear();
        delayed.clear();
        recentIds.clear();
        oldest = null;
        newest = null;
        messages = 0;
        bytes = 0;
        leasedMessages = 0;
    }

    private void append(Entry entry) {
        Entry end = newest;
        entry.older = end;
        newest = entry;
        if (end == null) {
            oldest = entry;
        } else {
            end.newer = entry;
        }
        messages++;
        bytes += entry.size;
    }

    private void remove(Entry entry) {
        Entry before = entry.older;
        Entry after = entry.newer;
        if (before == null) {
            oldest = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.older = before;
        }
        entry.older = null;
        entry.newer = null;
        messages--;
        bytes -= entry.size;
    }

    /** {@return messages in the order of storing, beginning behind a sequence number} */
    List<Entry> list(long behind, int max) {
        List<Entry> page = new ArrayList<>();
        for (Entry entry = oldest; entry != null && page.size() < max; entry = entry.newer) {
            if (entry.sequence > behind) {
                page.add(entry);
            }
        }
        return page;
    }

    @Nullable
    Entry oldestReady() {
        Entry entry = oldest;
        while (entry != null && !entry.ready()) {
            entry = entry.newer;
        }
        return entry;
    }

    /** {@return messages that are neither leased nor delayed; on an ordered source some may wait for others of their key} */
    long ready() {
        return messages - leasedMessages - delayed.size();
    }

    long delayed() {
        return delayed.size();
    }

    long leased() {
        return leasedMessages;
    }
}

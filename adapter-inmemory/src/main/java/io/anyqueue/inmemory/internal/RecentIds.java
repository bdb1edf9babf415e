package io.anyqueue.inmemory.internal;

import java.util.Arrays;

/**
 * The ids of the latest messages, bounded in time and in number. It holds the ids themselves, in a ring, with a hash table of
 * places in the ring beside it: a message costs no allocation, and two different ids are never taken for the same, which would
 * lose a message.
 */
final class RecentIds {
    /** Most ids that are remembered. */
    static final int MOST = 1 << 15;

    private static final int FIRST_SIZE = 64;
    private static final int SPREAD = 0x9E3779B9;

    private final long window;
    private String[] ids = {};
    /** The hashes in the ring too: to forget an id, its text, long out of the caches, need not be looked at. */
    private int[] hashes = {};

    private long[] times = {};
    /** The hash in the upper half, the place in the ring plus one in the lower half; 0 for free. Twice as long as the ring. */
    private long[] table = {};

    private int oldest;
    private int count;

    RecentIds(long windowNanos) {
        this.window = windowNanos;
    }

    boolean contains(String id, long now) {
        if (count == 0) {
            return false;
        }
        int hash = hash(id);
        for (int slot = home(hash); table[slot] != 0; slot = after(slot)) {
            int place = place(table[slot]);
            if (hash(table[slot]) == hash && ids[place].equals(id)) {
                return now - times[place] < window;
            }
        }
        return false;
    }

    /** Remembers an id that {@link #contains} did not find. */
    void add(String id, long now) {
        if (window == 0) {
            return;
        }
        while (count > 0 && (count == MOST || now - times[oldest] >= window)) {
            forgetOldest();
        }
        if (count == ids.length) {
            grow();
        }
        int place = (oldest + count++) & (ids.length - 1);
        ids[place] = id;
        hashes[place] = hash(id);
        times[place] = now;
        enter(place);
    }

    void clear() {
        ids = new String[0];
        hashes = new int[0];
        times = new long[0];
        table = new long[0];
        oldest = 0;
        count = 0;
    }

    private void enter(int place) {
        int hash = hashes[place];
        int slot = home(hash);
        while (table[slot] != 0) {
            slot = after(slot);
        }
        table[slot] = (long) hash << Integer.SIZE | (place + 1);
    }

    private void forgetOldest() {
        int slot = home(hashes[oldest]);
        while (place(table[slot]) != oldest) {
            slot = after(slot);
        }
        free(slot);
        ids[oldest] = "";
        oldest = (oldest + 1) & (ids.length - 1);
        count--;
    }

    /** Frees a slot and moves those behind it up that could not be found any more. */
    private void free(int slot) {
        int hole = slot;
        table[hole] = 0;
        for (int next = after(hole); table[next] != 0; next = after(next)) {
            int home = home(hash(table[next]));
            int distanceToHole = (hole - home) & (table.length - 1);
            int distanceToNext = (next - home) & (table.length - 1);
            if (distanceToHole < distanceToNext) {
                table[hole] = table[next];
                table[next] = 0;
                hole = next;
            }
        }
    }

    private void grow() {
        int size = Math.max(FIRST_SIZE, ids.length * 2);
        String[] oldIds = ids;
        int[] oldHashes = hashes;
        long[] oldTimes = times;
        ids = new String[size];
        Arrays.fill(ids, "");
        hashes = new int[size];
        times = new long[size];
        table = new long[size * 2];
        for (int i = 0; i < count; i++) {
            int from = (oldest + i) & (oldIds.length - 1);
            ids[i] = oldIds[from];
            hashes[i] = oldHashes[from];
            times[i] = oldTimes[from];
            enter(i);
        }
        oldest = 0;
    }

    private static int hash(String id) {
        return id.hashCode() * SPREAD;
    }

    private static int hash(long slot) {
        return (int) (slot >>> Integer.SIZE);
    }

    private static int place(long slot) {
        return (int) slot - 1;
    }

    /** The upper bits of the product are the well mixed ones. */
    private int home(int hash) {
        return hash >>> Integer.numberOfLeadingZeros(table.length - 1);
    }

    private int after(int slot) {
        return (slot + 1) & (table.length - 1);
    }
}

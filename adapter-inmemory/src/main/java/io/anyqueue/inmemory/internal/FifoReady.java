package io.anyqueue.inmemory.internal;

import org.jspecify.annotations.Nullable;

/** Higher priorities first, and within one in order; what is released goes behind the others, so that it blocks none. */
final class FifoReady implements Ready {
    private final Waiters waiters;
    private final EntryList[] levels;

    FifoReady(int priorities, Waiters waiters) {
        this.waiters = waiters;
        this.levels = new EntryList[priorities];
        for (int i = 0; i < priorities; i++) {
            levels[i] = new EntryList();
        }
    }

    @Override
    public void stored(Entry entry) {
        level(entry).addLast(entry);
        waiters.wakeAll();
    }

    @Override
    public @Nullable Entry peek(Holder holder) {
        for (int i = levels.length - 1; i >= 0; i--) {
            Entry entry = levels[i].first();
            if (entry != null) {
                return entry;
            }
        }
        return null;
    }

    @Override
    public long take(Entry entry, Holder holder) {
        level(entry).remove(entry);
        return 0;
    }

    @Override
    public void removed(Entry entry) {
        // It was in no list.
    }

    @Override
    public void released(Entry entry) {
        if (entry.ready()) {
            stored(entry);
        }
    }

    @Override
    public void takenBack(Entry entry) {
        level(entry).addFirst(entry);
        waiters.wakeAll();
    }

    @Override
    public void notHandedOver(Entry entry) {
        takenBack(entry);
    }

    @Override
    public void due(Entry entry) {
        stored(entry);
    }

    @Override
    public void clear() {
        for (EntryList level : levels) {
            level.clear();
        }
    }

    private EntryList level(Entry entry) {
        int priority = entry.message.priority();
        return levels[Math.max(0, Math.min(priority, levels.length - 1))];
    }
}

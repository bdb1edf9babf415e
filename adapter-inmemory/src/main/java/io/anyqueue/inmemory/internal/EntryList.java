package io.anyqueue.inmemory.internal;

import org.jspecify.annotations.Nullable;

/** A list of entries through their own links. An entry is in one such list at most. */
final class EntryList {
    private @Nullable Entry first;
    private @Nullable Entry last;

    @Nullable
    Entry first() {
        return first;
    }

    void addLast(Entry entry) {
        Entry end = last;
        entry.previous = end;
        last = entry;
        if (end == null) {
            first = entry;
        } else {
            end.next = entry;
        }
    }

    void addFirst(Entry entry) {
        Entry begin = first;
        entry.next = begin;
        first = entry;
        if (begin == null) {
            last = entry;
        } else {
            begin.previous = entry;
        }
    }

    void remove(Entry entry) {
        Entry before = entry.previous;
        Entry after = entry.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        entry.previous = null;
        entry.next = null;
    }

    @Nullable
    Entry removeLast() {
        Entry entry = last;
        if (entry != null) {
            remove(entry);
        }
        return entry;
    }

    void clear() {
        first = null;
        last = null;
    }
}

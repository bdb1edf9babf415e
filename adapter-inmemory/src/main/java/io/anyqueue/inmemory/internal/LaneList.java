package io.anyqueue.inmemory.internal;

import org.jspecify.annotations.Nullable;

/** A list of lanes through their own links. A lane is in one such list at most. */
final class LaneList {
    private @Nullable Lane first;
    private @Nullable Lane last;

    @Nullable
    Lane first() {
        return first;
    }

    void addLast(Lane lane) {
        Lane end = last;
        lane.list = this;
        lane.previous = end;
        last = lane;
        if (end == null) {
            first = lane;
        } else {
            end.next = lane;
        }
    }

    void remove(Lane lane) {
        Lane before = lane.previous;
        Lane after = lane.next;
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
        lane.list = null;
        lane.previous = null;
        lane.next = null;
    }

    void clear() {
        first = null;
        last = null;
    }
}

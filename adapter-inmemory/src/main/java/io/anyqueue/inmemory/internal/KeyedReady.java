package io.anyqueue.inmemory.internal;

import io.anyqueue.spi.Endpoint;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys take turns; the messages of one key go in order to the receiver that holds the key (rules ORD-1, ORD-2). */
final class KeyedReady implements Ready {
    private final Endpoint source;
    private final Waiters waiters;
    /** Only looked up, never walked through: its order is no one's business. */
    private final Map<String, Lane> lanes = new HashMap<>();
    /** Ready lanes that nobody holds. */
    private final LaneList free = new LaneList();

    private long epochs;

    KeyedReady(Endpoint source, Waiters waiters) {
        this.source = source;
        this.waiters = waiters;
    }

    @Override
    public void stored(Entry entry) {
        String key = entry.message.key().orElse("");
        Lane lane = lanes.get(key);
        if (lane == null) {
            lane = new Lane(source, key);
            lanes.put(key, lane);
        }
        entry.lane = lane;
        lane.append(entry);
        list(lane);
    }

    @Override
    public @Nullable Entry peek(Holder holder) {
        Entry held = head(holder.lanes);
        Entry unheld = head(free);
        if (held == null || unheld == null) {
            return held == null ? unheld : held;
        }
        return held.sequence < unheld.sequence ? held : unheld;
    }

    private static @Nullable Entry head(LaneList list) {
        Lane lane = list.first();
        return lane == null ? null : lane.takable();
    }

    @Override
    public long take(Entry entry, Holder holder) {
        Lane lane = lane(entry);
        unlist(lane);
        if (lane.owner == null) {
            lane.owner = holder;
            lane.epoch = ++epochs;
        }
        lane.taken(entry);
        list(lane);
        return lane.epoch;
    }

    @Override
    public void removed(Entry entry) {
        Lane lane = lane(entry);
        lane.removed(entry);
        if (lane.isEmpty()) {
            unlist(lane);
            lanes.remove(lane.key);
        } else {
            list(lane);
        }
    }

    @Override
    public void released(Entry entry) {
        Lane lane = lane(entry);
        lane.returned(entry);
        list(lane);
    }

    @Override
    public void takenBack(Entry entry) {
        Lane lane = lane(entry);
        lane.returned(entry);
        if (lane.out == 0) {
            list(lane);
        }
    }

    @Override
    public void notHandedOver(Entry entry) {
        released(entry);
    }

    @Override
    public void clear() {
        lanes.clear();
        free.clear();
    }

    @Override
    public void due(Entry entry) {
        list(lane(entry));
    }

    /** Puts the lane where it belongs now: to the free ones, to its owner's, or, if nothing can be taken, nowhere. */
    private void list(Lane lane) {
        Holder owner = lane.owner;
        LaneList right = lane.takable() == null ? null : owner == null ? free : owner.lanes;
        if (right == lane.list) {
            return;
        }
        unlist(lane);
        if (right != null) {
            right.addLast(lane);
            if (owner == null) {
                waiters.wakeAll();
            } else {
                waiters.wake(owner);
            }
        }
    }

    private static void unlist(Lane lane) {
        LaneList list = lane.list;
        if (list != null) {
            list.remove(lane);
        }
    }

    private static Lane lane(Entry entry) {
        Lane lane = entry.lane;
        if (lane == null) {
            throw new IllegalStateException("an entry of an ordered source has no lane");
        }
        return lane;
    }
}

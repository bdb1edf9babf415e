package io.anyqueue.test;

import io.anyqueue.spi.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a receiver of an ordered source has handed out, by key and in order. Used by the test's thread. */
final class Held {
    private final Map<Object, List<Delivery>> byShard = new HashMap<>();

    void add(Delivery delivery) {
        byShard.computeIfAbsent(delivery.shard(), shard -> new ArrayList<>()).add(delivery);
    }

    /** {@return whether it was there still} */
    boolean remove(Delivery delivery) {
        List<Delivery> all = byShard.getOrDefault(delivery.shard(), List.of());
        boolean found = !all.isEmpty() && all.remove(delivery);
        if (all.isEmpty()) {
            byShard.remove(delivery.shard());
        }
        return found;
    }

    /** Takes away all that is left of a key. */
    List<Delivery> removeAll(Object shard) {
        List<Delivery> all = byShard.remove(shard);
        return all == null ? List.of() : all;
    }
}

package io.anyqueue.conformance.runtime;

import io.anyqueue.KeyParking;
import io.anyqueue.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Parked keys in memory, for one source of one case. Safe for use by any thread. */
final class MapParking implements KeyParking {
    private final NavigableMap<String, List<Message>> keys = new TreeMap<>();

    @Override
    public synchronized boolean isParked(String source, String key) {
        return keys.containsKey(key);
    }

    @Override
    public synchronized void park(String source, String key, Message message) {
        List<Message> all = keys.computeIfAbsent(key, none -> new ArrayList<>());
        if (index(all, message.id()) < 0) {
            all.add(message);
        }
    }

    @Override
    public synchronized void replace(String source, String key, Message message) {
        List<Message> all = keys.getOrDefault(key, List.of());
        int index = index(all, message.id());
        if (index >= 0) {
            all.set(index, message);
        }
    }

    @Override
    public synchronized boolean remove(String source, String key, String id) {
        List<Message> all = keys.getOrDefault(key, List.of());
        int index = index(all, id);
        if (index < 0) {
            return false;
        }
        all.remove(index);
        if (all.isEmpty()) {
            keys.remove(key);
        }
        return true;
    }

    @Override
    public synchronized List<Message> messages(String source, String key, String after, int max) {
        List<Message> all = keys.getOrDefault(key, List.of());
        int begin = after.isEmpty() ? 0 : index(all, after) + 1;
        if (!after.isEmpty() && begin == 0) {
            return List.of();
        }
        return List.copyOf(all.subList(begin, Math.min(all.size(), begin + max)));
    }

    @Override
    public synchronized List<String> keys(String source, String after, int max) {
        return keys.tailMap(after, false).keySet().stream().limit(max).toList();
    }

    @Override
    public synchronized long count(String source) {
        return keys.size();
    }

    private static int index(List<Message> all, String id) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).id().equals(id)) {
                return i;
            }
        }
        return -1;
    }
}

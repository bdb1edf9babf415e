package io.anyqueue.inmemory.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.KeyParking;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parked keys of a broker, shared by its clients; for each source within the bounds of a queue, beside what is in the queue
 * itself. Safe for use by any thread.
 */
final class ParkedMessages {
    private final Map<String, Lot> lots = new HashMap<>();
    private volatile boolean any;

    /** What is parked of one source. */
    private static final class Lot {
        final TreeMap<String, Map<String, Message>> keys = new TreeMap<>();
        long messages;
        long bytes;
    }

    /** {@return the same parked keys, seen with the bounds of a client} */
    KeyParking within(Bounds bounds) {
        return new View(bounds);
    }

    private @Nullable Map<String, Message> find(String source, String key) {
        Lot lot = lots.get(source);
        return lot == null ? null : lot.keys.get(key);
    }

    private synchronized boolean has(String source, String key) {
        return find(source, key) != null;
    }

    private synchronized void add(String source, String key, Message message, Bounds bounds) {
        Map<String, Message> parked = find(source, key);
        if (parked != null && parked.containsKey(message.id())) {
            return;
        }
        Lot lot = lots.computeIfAbsent(source, name -> new Lot());
        if (lot.messages >= bounds.maxMessages() || lot.bytes + message.size() > bounds.maxBytes()) {
            throw new QueueException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "the parked keys of " + source + " have " + lot.messages + " messages and " + lot.bytes
                            + " bytes, the limits are " + bounds.maxMessages() + " and " + bounds.maxBytes()
                            + "; redrive or discard its dead letters");
        }
        lot.keys.computeIfAbsent(key, name -> new LinkedHashMap<>()).put(message.id(), message);
        lot.messages++;
        lot.bytes += message.size();
        any = true;
    }

    private synchronized void swap(String source, String key, Message message) {
        Map<String, Message> parked = find(source, key);
        Message before = parked == null ? null : parked.replace(message.id(), message);
        Lot lot = lots.get(source);
        if (before != null && lot != null) {
            lot.bytes += message.size() - before.size();
        }
    }

    private synchronized boolean take(String source, String key, String id) {
        Map<String, Message> parked = find(source, key);
        Message before = parked == null ? null : parked.remove(id);
        Lot lot = lots.get(source);
        if (parked == null || before == null || lot == null) {
            return false;
        }
        lot.messages--;
        lot.bytes -= before.size();
        if (parked.isEmpty()) {
            lot.keys.remove(key);
        }
        if (lot.keys.isEmpty()) {
            lots.remove(source);
        }
        any = !lots.isEmpty();
        return true;
    }

    private synchronized List<Message> list(String source, String key, String after, int max) {
        Map<String, Message> parked = find(source, key);
        if (parked == null) {
            return List.of();
        }
        return parked.values().stream()
                .dropWhile(message -> !after.isEmpty() && !message.id().equals(after))
                .skip(after.isEmpty() ? 0 : 1)
                .limit(max)
                .toList();
    }

    private synchronized List<String> listKeys(String source, String after, int max) {
        Lot lot = lots.get(source);
        return lot == null
                ? List.of()
                : lot.keys.tailMap(after, false).keySet().stream().limit(max).toList();
    }

    private synchronized long countKeys(String source) {
        Lot lot = lots.get(source);
        return lot == null ? 0 : lot.keys.size();
    }

    private final class View implements KeyParking {
        private final Bounds bounds;

        View(Bounds bounds) {
            this.bounds = bounds;
        }

        /** Mostly nothing is parked: then no lock is taken. */
        @Override
        public boolean isParked(String source, String key) {
            return any && has(source, key);
        }

        @Override
        public void park(String source, String key, Message message) {
            add(source, key, message, bounds);
        }

        @Override
        public void replace(String source, String key, Message message) {
            swap(source, key, message);
        }

        @Override
        public boolean remove(String source, String key, String id) {
            return take(source, key, id);
        }

        @Override
        public List<Message> messages(String source, String key, String after, int max) {
            return list(source, key, after, max);
        }

        @Override
        public List<String> keys(String source, String after, int max) {
            return listKeys(source, after, max);
        }

        @Override
        public long count(String source) {
            return any ? countKeys(source) : 0;
        }
    }
}

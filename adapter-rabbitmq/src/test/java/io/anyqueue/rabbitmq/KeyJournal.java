package io.anyqueue.rabbitmq;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What handlers of all consumers did with numbered messages of keys, and whether that was in order and one at a time. A message
 * is {@code key/number}, counted from 1. Safe for use by any thread.
 */
final class KeyJournal {
    private final Map<String, String> underWay = new ConcurrentHashMap<>();
    private final Map<String, Integer> last = new ConcurrentHashMap<>();
    private final AtomicInteger repeated = new AtomicInteger();
    private final List<String> faults = new CopyOnWriteArrayList<>();

    static String key(String message) {
        return message.substring(0, message.indexOf('/'));
    }

    /** Wraps what a handler does. */
    void handle(String consumer, String message, Work work) throws Exception {
        String key = key(message);
        String other = underWay.putIfAbsent(key, consumer);
        if (other != null) {
            faults.add(message + " handled by " + consumer + " while " + other + " handles another of its key");
        }
        try {
            work.run();
            note(consumer, message);
        } finally {
            underWay.remove(key, consumer);
        }
    }

    private void note(String consumer, String message) {
        int number = Integer.parseInt(message.substring(message.indexOf('/') + 1));
        last.merge(key(message), number, (before, now) -> {
            if (now > before + 1) {
                faults.add(message + " handled by " + consumer + " right after number " + before);
            }
            if (now <= before) {
                repeated.incrementAndGet();
            }
            return Math.max(before, now);
        });
    }

    /** What a handler does. */
    interface Work {
        void run() throws Exception;
    }

    /** {@return how many messages were handled more than once} */
    int repeated() {
        return repeated.get();
    }

    List<String> faults() {
        return List.copyOf(faults);
    }

    /** {@return the number of the last message of a key that was handled; 0 for none} */
    int last(String key) {
        return last.getOrDefault(key, 0);
    }
}

package io.anyqueue.conformance.kit;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges what the consumers of one ordered source are given (rule ORD-1): the next of a key is the oldest that is neither
 * acknowledged nor with this consumer, and while one consumer has some of a key no other is given any of it. Safe for use by any
 * thread.
 */
public final class KeyOrder {
    private final Map<String, List<String>> sent = new LinkedHashMap<>();
    private final Map<String, String> keys = new LinkedHashMap<>();
    private final Map<String, String> holders = new LinkedHashMap<>();
    private final Set<String> acked = new LinkedHashSet<>();

    /** Nothing was sent yet. */
    public KeyOrder() {}

    /**
     * Messages are sent, in this order.
     *
     * @param messages the messages, each with a key
     */
    public synchronized void sent(Collection<Message> messages) {
        for (Message message : messages) {
            String key = message.key().orElseThrow();
            sent.computeIfAbsent(key, unused -> new ArrayList<>()).add(message.id());
            keys.put(message.id(), key);
        }
    }

    /**
     * A consumer was given a message.
     *
     * @param consumer its name
     * @param delivery the message
     */
    public synchronized void delivered(String consumer, Delivery delivery) {
        String id = delivery.message().id();
        String key = keys.get(id);
        if (key == null) {
            throw new AssertionError(consumer + " was given " + id + ", which was not sent here");
        }
        if (acked.contains(id)) {
            throw new AssertionError(consumer + " was given " + id + " again after its acknowledgement");
        }
        for (String other : sent.getOrDefault(key, List.of())) {
            String holder = holders.get(other);
            if (holder != null && !holder.equals(consumer)) {
                throw new AssertionError("key " + key + " is with two consumers: " + holder + " has " + other + ", and "
                        + consumer + " was given " + id);
            }
        }
        String due = next(key);
        if (!id.equals(due)) {
            throw new AssertionError(consumer + " was given " + id + " of key " + key + " out of order: "
                    + (due == null ? "it has that already" : due + " was due"));
        }
        holders.put(id, consumer);
    }

    private @Nullable String next(String key) {
        return sent.getOrDefault(key, List.of()).stream()
                .filter(id -> !acked.contains(id) && !holders.containsKey(id))
                .findFirst()
                .orElse(null);
    }

    /**
     * An acknowledgement is done.
     *
     * @param delivery the delivery
     */
    public synchronized void acked(Delivery delivery) {
        acked.add(delivery.message().id());
        holders.remove(delivery.message().id());
    }

    /**
     * A consumer does not have a message any more: it was released, or lost.
     *
     * @param consumer its name
     * @param delivery the delivery
     */
    public synchronized void gone(String consumer, Delivery delivery) {
        holders.remove(delivery.message().id(), consumer);
    }

    /**
     * A consumer has nothing any more.
     *
     * @param consumer its name
     */
    public synchronized void left(String consumer) {
        holders.values().removeIf(consumer::equals);
    }

    /** {@return whether everything was acknowledged} */
    public synchronized boolean isComplete() {
        return acked.size() == keys.size();
    }

    /** {@return what was not acknowledged} */
    public synchronized List<String> open() {
        return keys.keySet().stream().filter(id -> !acked.contains(id)).toList();
    }
}

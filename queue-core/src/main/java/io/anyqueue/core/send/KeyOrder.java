package io.anyqueue.core.send;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps at most one unconfirmed message per key with the adapter, so that none can overtake one that is sent again (rule
 * SND-4). Called by sending threads and by whatever thread brings a result.
 */
final class KeyOrder {
    private final Consumer<PendingMessage> downstream;
    /** The keys with an unconfirmed message, and what waits behind it. */
    private final Map<String, Queue<PendingMessage>> busy = new HashMap<>();

    KeyOrder(Consumer<PendingMessage> downstream) {
        this.downstream = downstream;
    }

    void submit(PendingMessage message) {
        if (isNext(message)) {
            downstream.accept(message);
        }
    }

    /** To be called when a message has its final result. */
    void finished(PendingMessage message) {
        PendingMessage next = next(key(message));
        if (next != null) {
            downstream.accept(next);
        }
    }

    private synchronized boolean isNext(PendingMessage message) {
        Queue<PendingMessage> behind = busy.putIfAbsent(key(message), new ArrayDeque<>(0));
        if (behind == null) {
            return true;
        }
        behind.add(message);
        return false;
    }

    private synchronized @Nullable PendingMessage next(String key) {
        Queue<PendingMessage> behind = busy.get(key);
        PendingMessage next = behind == null ? null : behind.poll();
        if (next == null) {
            busy.remove(key);
        }
        return next;
    }

    private static String key(PendingMessage message) {
        return message.message().key().orElse("");
    }
}

package io.anyqueue.conformance.runtime;

import io.anyqueue.MessageHandler;
import io.anyqueue.conformance.kit.Clients;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks, as handlers run, that each key is handled one at a time and in order: payloads are {@code key/number}. A run again of
 * what failed is no fault; going back behind what has succeeded is. Called by handler threads.
 */
final class Lanes {
    private final Map<String, String> running = new HashMap<>();
    private final Map<String, Integer> done = new HashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** {@return a handler that checks and passes on} */
    MessageHandler<String> of(MessageHandler<String> then) {
        return (payload, context) -> {
            String key = Clients.key(payload);
            begin(key, payload);
            boolean succeeded = false;
            try {
                then.handle(payload, context);
                succeeded = true;
            } finally {
                end(key, payload, succeeded);
            }
        };
    }

    private synchronized void begin(String key, String payload) {
        String other = running.putIfAbsent(key, payload);
        if (other != null) {
            faults.add(payload + " began while " + other + " ran");
        }
        int expected = done.getOrDefault(key, -1) + 1;
        if (number(payload) != expected) {
            faults.add(payload + " began, the next of its key is " + expected);
        }
    }

    private synchronized void end(String key, String payload, boolean succeeded) {
        running.remove(key, payload);
        if (succeeded) {
            done.merge(key, number(payload), Math::max);
        }
    }

    private static int number(String payload) {
        return Integer.parseInt(payload.substring(payload.indexOf('/') + 1));
    }

    /** {@return what was out of order, in words} */
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }
}

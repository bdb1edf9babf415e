package io.anyqueue.test;

import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.spi.Endpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Remembers what the broker stored for the first time. Used by the test's thread. */
final class Sent {
    private static final int MOST = 100_000;

    /** By the name of the destination, then by id, in the order of the first send. */
    private final Map<String, Map<String, Message>> messages = new LinkedHashMap<>();

    private int count;

    /** Copies that went through something already are retries, dead letters and redrives. */
    void add(Endpoint target, Message message) {
        if (message.history().equals(History.NONE)
                && count <= MOST
                && messages.computeIfAbsent(target.name(), name -> new LinkedHashMap<>())
                                .putIfAbsent(message.id(), message)
                        == null) {
            count++;
        }
    }

    List<Message> to(String destination) {
        if (count > MOST) {
            throw new IllegalStateException(
                    "the test sent more than " + MOST + " messages, which is all that are remembered");
        }
        return List.copyOf(messages.getOrDefault(destination, Map.of()).values());
    }
}

package io.anyqueue.core.client;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.Outgoing;
import io.anyqueue.PartialSendException;
import io.anyqueue.QueueException;
import io.anyqueue.core.pipeline.Outlet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The sends that queues and topics have in common. Safe for use by any thread.
 *
 * @param <T> the type of the payloads
 */
final class Sending<T> {
    private final Outlet<T> outlet;
    private final String destination;

    Sending(Outlet<T> outlet) {
        this.outlet = outlet;
        this.destination = outlet.publisher().spec().endpoint().name();
    }

    Outlet<T> outlet() {
        return outlet;
    }

    String send(T payload) {
        return outlet.publisher().send(outlet.factory().message(payload));
    }

    String send(Outgoing<? extends T> message) {
        return outlet.publisher().send(outlet.factory().message(message));
    }

    CompletableFuture<String> sendAsync(T payload) {
        try {
            return outlet.publisher().sendAsync(outlet.factory().message(payload));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    CompletableFuture<String> sendAsync(Outgoing<? extends T> message) {
        try {
            return outlet.publisher().sendAsync(outlet.factory().message(message));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    void sendAll(List<? extends Outgoing<? extends T>> outgoing) {
        if (outgoing == null) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "messages is null");
        }
        Map<Integer, QueueException> failures = new TreeMap<>();
        Map<Integer, Message> good = new LinkedHashMap<>();
        for (int i = 0; i < outgoing.size(); i++) {
            try {
                good.put(i, outlet.factory().message(outgoing.get(i)));
            } catch (QueueException e) {
                failures.put(i, e);
            }
        }
        List<CompletableFuture<String>> sent = outlet.publisher().sendAll(List.copyOf(good.values()));
        List<Integer> indexes = new ArrayList<>(good.keySet());
        for (int i = 0; i < sent.size(); i++) {
            try {
                outlet.publisher().await(sent.get(i));
            } catch (QueueException e) {
                failures.put(indexes.get(i), e);
            }
        }
        if (!failures.isEmpty()) {
            throw new PartialSendException(summary(outgoing.size(), failures), failures);
        }
    }

    private String summary(int total, Map<Integer, QueueException> failures) {
        Map.Entry<Integer, QueueException> first =
                failures.entrySet().iterator().next();
        return failures.size() + " of " + total + " messages to " + destination
                + " were not confirmed; the first is index " + first.getKey() + ": "
                + first.getValue().getMessage();
    }
}

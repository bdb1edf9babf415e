package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Return;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was published on one channel and not confirmed yet, in the order of publishing. Written by the thread that publishes, read
 * by the client's reading thread and by a timer.
 */
final class Unconfirmed {
    private final Window<Outbound> window = new Window<>();

    synchronized void add(Outbound message) {
        window.add(message);
    }

    /** {@return what a confirmation is about, oldest first} */
    synchronized List<Outbound> take(long number, boolean multiple) {
        if (multiple) {
            return window.removeUpTo(number);
        }
        Outbound one = window.remove(number);
        return one == null ? List.of() : List.of(one);
    }

    /**
     * Remembers that a message came back, as no queue wanted it; its confirmation follows. Of several with the same id it is the
     * oldest: they come back in the order they were published.
     */
    synchronized void returned(Return message) {
        String id = message.getProperties().getMessageId();
        Outbound found = window.find(candidate -> !candidate.isReturned()
                && candidate.route().routingKey().equals(message.getRoutingKey())
                && Objects.equals(candidate.properties().getMessageId(), id));
        if (found != null) {
            found.returned();
        }
    }

    /** {@return the oldest if it waits since before a time; it is waited for no more} */
    synchronized @Nullable Outbound takeOlderThan(long nanos) {
        Outbound oldest = window.get(window.first());
        return oldest != null && oldest.sinceNanos() - nanos < 0 ? window.remove(window.first()) : null;
    }

    synchronized List<Outbound> takeAll() {
        return window.removeAll();
    }

    synchronized boolean isEmpty() {
        return window.open() == 0;
    }

    synchronized int span() {
        return window.span();
    }
}

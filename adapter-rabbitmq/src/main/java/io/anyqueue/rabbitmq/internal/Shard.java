package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One queue of an ordered source. Whether this consumer is its active one the server does not say: it shows by what arrives. The
 * upkeep's thread subscribes; looking is for any thread.
 */
final class Shard {
    private final String queue;
    private final BiFunction<Connection, String, Subscription> opener;
    private volatile @Nullable Subscription subscription;
    private int prefetch;

    Shard(String queue, BiFunction<Connection, String, Subscription> opener) {
        this.queue = queue;
        this.opener = opener;
    }

    /** Consumes, if it does not yet. Blocks. */
    void subscribe(Connection connection, int messages, String tagPrefix) throws IOException {
        if (live() == null) {
            Subscription next = opener.apply(connection, queue);
            subscription = next;
            prefetch = messages;
            next.consume(messages, tagPrefix);
        }
    }

    /** {@return its channel, if there was ever one} */
    @Nullable
    Subscription subscription() {
        return subscription;
    }

    /** {@return its channel while that is open} */
    @Nullable
    Subscription live() {
        Subscription current = subscription;
        return current != null && current.isAlive() ? current : null;
    }

    /** {@return whether it consumes with a limit far above what is wanted} The server takes another only at the start. */
    boolean isFarAbove(int messages) {
        return live() != null && prefetch > 2 * messages;
    }

    boolean isActive() {
        Subscription current = live();
        return current != null && current.hasHandedOut();
    }

    boolean isBusy() {
        Subscription current = subscription;
        return current != null && !current.isIdle();
    }
}

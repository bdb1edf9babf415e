package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anyqueue.QueueException;

/**
 * A message on its way to the server, until it is told what became of it: once, by one of three calls, on any thread and under no
 * lock. The flags belong to its {@link Publisher}.
 */
abstract class Outbound {
    private final Route route;
    private final BasicProperties properties;
    private final byte[] body;
    private final long sinceNanos;
    private boolean returned;

    Outbound(Route route, BasicProperties properties, byte[] body, long sinceNanos) {
        this.route = route;
        this.properties = properties;
        this.body = body;
        this.sinceNanos = sinceNanos;
    }

    /** The server has stored it; or it was for nobody, if it was not routed. */
    abstract void confirmed(boolean routed);

    /** It certainly is not stored. */
    abstract void rejected(QueueException why);

    /** It may be stored. */
    abstract void unknown(QueueException why);

    /** {@return whether its headers fit into a frame} If not, the client would give the channel up. */
    boolean fits(int frameMax) {
        return true;
    }

    Route route() {
        return route;
    }

    BasicProperties properties() {
        return properties;
    }

    byte[] body() {
        return body;
    }

    long sinceNanos() {
        return sinceNanos;
    }

    boolean isReturned() {
        return returned;
    }

    void returned() {
        returned = true;
    }
}

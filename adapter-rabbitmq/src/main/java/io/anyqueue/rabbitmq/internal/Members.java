package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The receivers of an ordered source: each consumes a queue to which nobody sends, as the server counts of a queue with a single
 * active consumer that one alone. Used by one thread at a time; blocks.
 */
final class Members {
    private final String queue;
    private final String consumerTag;
    private @Nullable Membership mine;

    Members(String queue, String consumerTag) {
        this.queue = queue;
        this.consumerTag = consumerTag;
    }

    /** The server may cancel it, on the client library's thread, as the queue was deleted. */
    private static final class Membership extends DefaultConsumer {
        private volatile boolean cancelled;

        Membership(Channel channel) {
            super(channel);
        }

        @Override
        public void handleCancel(String tag) {
            cancelled = true;
        }

        boolean isOver() {
            return cancelled || !getChannel().isOpen();
        }
    }

    /** Has this one counted from now on, until its connection ends. */
    void join(Connection connection) throws IOException {
        if (mine != null && !mine.isOver()) {
            return;
        }
        leave();
        Membership next = new Membership(Channels.open(connection));
        mine = next;
        next.getChannel().basicConsume(queue, true, consumerTag, next);
    }

    /** {@return how many there are, this one included} */
    int count(Connection connection) throws IOException {
        join(connection);
        Membership current = mine;
        return current == null
                ? 0
                : current.getChannel().queueDeclarePassive(queue).getConsumerCount();
    }

    void leave() {
        if (mine != null) {
            Channels.close(mine.getChannel());
            mine = null;
        }
    }
}

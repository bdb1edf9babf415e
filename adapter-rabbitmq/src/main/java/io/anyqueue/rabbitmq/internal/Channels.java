package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens and closes channels and connections without surprises. Stateless; everything here may block. */
final class Channels {
    private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

    private Channels() {}

    static Channel open(Connection connection) throws IOException {
        Channel channel = connection.createChannel();
        if (channel == null) {
            throw new QueueException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "RabbitMQ permits " + connection.getChannelMax()
                            + " channels on a connection, and all are in use: close senders and consumers, or raise channel_max");
        }
        return channel;
    }

    /** Closes a channel; one that is closed already stays so. */
    static void close(Channel channel) {
        try {
            channel.close();
        } catch (IOException | TimeoutException | RuntimeException e) {
            LOG.debug("channel {} did not close in order: {}", channel.getChannelNumber(), e.getMessage());
        }
    }

    static void close(Connection connection, int limitMillis) {
        try {
            connection.close(AMQP.REPLY_SUCCESS, "closed", Math.max(1, limitMillis));
        } catch (IOException | RuntimeException e) {
            LOG.debug("a connection did not close in order: {}", e.getMessage());
        }
    }

    /** Closes a channel that failed; whatever comes of that has been said. */
    static void abort(Channel channel) {
        try {
            channel.abort();
        } catch (IOException | RuntimeException e) {
            LOG.debug("channel {} did not end in order: {}", channel.getChannelNumber(), e.getMessage());
        }
    }

    static void abort(Connection connection) {
        connection.abort(1_000);
    }
}

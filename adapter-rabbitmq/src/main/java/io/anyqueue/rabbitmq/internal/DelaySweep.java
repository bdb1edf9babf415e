package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Takes the messages of one address out of the delay ladder, which all destinations share: it looks at all that wait, from the
 * highest level downwards as that is how they move, and gives the others back. They keep their place and their time, but are late
 * if they become due meanwhile; so it does that to no more than some thousand at once. Stateless; blocks.
 */
final class DelaySweep {
    /** Most messages that are held at once; only their keys are kept here. */
    private static final int MOST = 20_000;

    /** What was counted and does not come has become due. */
    private static final long SILENCE_MILLIS = 500;

    private static final int MOST_ROUNDS = 5;

    private DelaySweep() {}

    /** @throws QueueException RESOURCE_EXHAUSTED if too many messages wait; then none is removed from there */
    static void sweep(Connection connection, String address) throws IOException, InterruptedException {
        // Again until there is none, as some are on their way from one level to the next.
        for (int round = 0; round < MOST_ROUNDS && sweepOnce(connection, address); round++) {}
    }

    private static boolean sweepOnce(Connection connection, String address) throws IOException, InterruptedException {
        boolean found = false;
        for (int level = DelayLadder.LEVELS - 1; level >= 0; level--) {
            Channel channel = Channels.open(connection);
            try {
                found |= sweep(channel, DelayLadder.level(level), address);
            } finally {
                if (channel.isOpen()) {
                    Channels.close(channel); // Gives back what is not acknowledged.
                }
            }
        }
        return found;
    }

    private static boolean sweep(Channel channel, String level, String address)
            throws IOException, InterruptedException {
        int waiting = waiting(channel, level);
        if (waiting == 0) {
            return false;
        }
        if (waiting > MOST) {
            throw new QueueException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    waiting + " messages wait in " + level
                            + ", of all destinations, and RabbitMQ can be searched for those of" + " one up to " + MOST
                            + ": let them become due and purge again");
        }
        boolean found = false;
        Looker looker = new Looker(channel);
        channel.basicConsume(level, false, looker);
        for (int i = 0; i < waiting; i++) {
            Envelope next = looker.seen.poll(SILENCE_MILLIS, TimeUnit.MILLISECONDS);
            if (next == null) {
                break;
            }
            if (DelayLadder.leadsTo(next.getRoutingKey(), address)) {
                channel.basicAck(next.getDeliveryTag(), false);
                found = true;
            }
        }
        return found;
    }

    private static int waiting(Channel channel, String level) throws IOException {
        try {
            return channel.queueDeclarePassive(level).getMessageCount();
        } catch (IOException e) {
            Optional<Refusal> refusal = Refusal.of(e).filter(Refusal::isMissing);
            if (refusal.isPresent()) {
                return 0;
            }
            throw e;
        }
    }

    /** Called by the client's reading thread. */
    private static final class Looker extends DefaultConsumer {
        private final BlockingQueue<Envelope> seen = new LinkedBlockingQueue<>();

        Looker(Channel channel) {
            super(channel);
        }

        @Override
        public void handleDelivery(String tag, Envelope envelope, BasicProperties properties, byte[] body) {
            seen.add(envelope);
        }
    }
}

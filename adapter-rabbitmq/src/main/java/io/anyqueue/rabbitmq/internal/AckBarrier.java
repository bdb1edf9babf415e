package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until a queue has taken in the settlements of a channel that is about to be closed (rule SET-1). The server's channel lets
 * 32 commands be on their way to a quorum queue (its setting {@code quorum_commands_soft_limit}), keeps what comes after to
 * itself meanwhile, and forgets that when it is closed, in order or not: of 1,000 acknowledgements that a question and its answer
 * and an orderly close followed, up to 967 were delivered again (measured on RabbitMQ 3.10.8). Nothing tells that they arrived; but
 * a consumer that was cancelled is counted until all it was handed is settled. Used by one thread; blocks.
 */
final class AckBarrier {
    private static final Logger LOG = LoggerFactory.getLogger(AckBarrier.class);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int UNKNOWN = Integer.MAX_VALUE;

    private final Connection connection;
    private final String queue;
    private final int others;

    private AckBarrier(Connection connection, String queue, int others) {
        this.connection = connection;
        this.queue = queue;
        this.others = others;
    }

    /**
     * Begins, before consumers are cancelled. On a channel of its own, as a refusal closes it.
     *
     * @param mine how many of the queue's consumers will be cancelled
     */
    static AckBarrier before(Connection connection, String queue, int mine) {
        Channel probe = null;
        try {
            probe = Channels.open(connection);
            return new AckBarrier(connection, queue, consumers(probe, queue) - mine);
        } catch (IOException | RuntimeException e) {
            LOG.debug("{}: the consumers cannot be counted, so nothing tells when settlements were taken in", queue, e);
            return new AckBarrier(connection, queue, UNKNOWN);
        } finally {
            if (probe != null) {
                Channels.close(probe);
            }
        }
    }

    /**
     * Waits, after they were cancelled and all was settled. A best effort where others consume as well: one that comes makes this wait up
     * to the limit, and one that goes may end it early, so that it goes on for a moment.
     *
     * @return whether all has arrived, as far as is to be seen
     */
    boolean await(long limitMillis) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis);
        long pause = FIRST_PAUSE_NANOS;
        Channel probe = Channels.open(connection);
        try {
            while (consumers(probe, queue) > others) {
                if (System.nanoTime() - until >= 0) {
                    return false;
                }
                LockSupport.parkNanos(pause);
                pause = Math.min(LONGEST_PAUSE_NANOS, 2 * pause);
            }
        } finally {
            Channels.close(probe);
        }
        if (others > 0 && others < UNKNOWN) {
            LockSupport.parkNanos(Math.min(MOMENT_NANOS, Math.max(0, until - System.nanoTime())));
        }
        return true;
    }

    private static int consumers(Channel probe, String queue) throws IOException {
        return probe.queueDeclarePassive(queue).getConsumerCount();
    }
}

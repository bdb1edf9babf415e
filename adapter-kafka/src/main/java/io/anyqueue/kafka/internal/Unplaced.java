package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.Beginnings.Beginning;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of which it is not known yet where they begin. They are held, and asked about again and again, half of the time at most,
 * while all others are read. The polling thread's.
 */
final class Unplaced {
    private static final Logger LOG = LoggerFactory.getLogger(Unplaced.class);

    private final String name;
    private final Beginnings beginnings;
    private final WaitingPartitions partitions = new WaitingPartitions();

    private long nextNanos;

    Unplaced(String name, Beginnings beginnings) {
        this.name = name;
        this.beginnings = beginnings;
    }

    void addAll(Collection<TopicPartition> more) {
        for (TopicPartition partition : more) {
            if (partitions.add(partition)) {
                nextNanos = System.nanoTime();
            }
        }
    }

    void remove(TopicPartition partition) {
        partitions.remove(partition);
    }

    void clear() {
        partitions.clear();
    }

    boolean isEmpty() {
        return partitions.isEmpty();
    }

    /** Finds out where they begin, if it is time to ask. */
    void place(Consumer<byte[], byte[]> consumer, BiConsumer<TopicPartition, Beginning> begin) {
        long before = System.nanoTime();
        if (partitions.isEmpty() || before - nextNanos < 0) {
            return;
        }
        try {
            beginnings.find(consumer, partitions.all()).forEach((partition, beginning) -> {
                begin.accept(partition, beginning);
                partitions.remove(partition);
            });
        } catch (WakeupException | RetriableException e) {
            LOG.debug("{}: where {} begin is not known yet", name, partitions.all(), e);
        }
        long now = System.nanoTime();
        nextNanos = now + (now - before);
        partitions.all().forEach(partition -> hold(consumer, partition));
    }

    /** Without any position of one partition the client library reads none. */
    private static void hold(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        consumer.pause(Set.of(partition));
        consumer.seek(partition, 0);
    }

    /** {@return why some are not read, if that has lasted for long} */
    @Nullable
    QueueException problem() {
        List<String> names = partitions.overdue(each -> true);
        return names.isEmpty()
                ? null
                : new QueueException(
                        ErrorCode.UNAVAILABLE,
                        "Kafka: where to begin in " + names + " of " + name + " is not known for more than "
                                + WaitingPartitions.LONG_SECONDS
                                + " s: they have no leader, or a transaction of their group is open");
    }
}

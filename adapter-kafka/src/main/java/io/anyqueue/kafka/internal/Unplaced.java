package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.Beginnings.Beginning;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final String name;
    private final Beginnings beginnings;
    /** And since when. */
    private final Map<TopicPartition, Long> partitions = new HashMap<>();

    private long nextNanos;

    Unplaced(String name, Beginnings beginnings) {
        this.name = name;
        this.beginnings = beginnings;
    }

    void addAll(Collection<TopicPartition> more) {
        long now = System.nanoTime();
        for (TopicPartition partition : more) {
            if (partitions.putIfAbsent(partition, now) == null) {
                nextNanos = now;
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
            beginnings.find(consumer, Set.copyOf(partitions.keySet())).forEach((partition, beginning) -> {
                begin.accept(partition, beginning);
                partitions.remove(partition);
            });
        } catch (WakeupException | RetriableException e) {
            LOG.debug("{}: where {} begin is not known yet", name, partitions.keySet(), e);
        }
        long now = System.nanoTime();
        nextNanos = now + (now - before);
        partitions.keySet().forEach(partition -> hold(consumer, partition));
    }

    /** Without any position of one partition the client library reads none. */
    private static void hold(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        consumer.pause(Set.of(partition));
        consumer.seek(partition, 0);
    }

    /** {@return why some are not read, if that has lasted for long} */
    @Nullable
    QueueException problem() {
        long now = System.nanoTime();
        List<String> names = partitions.entrySet().stream()
                .filter(each -> now - each.getValue() > LONG_NANOS)
                .map(each -> each.getKey().toString())
                .sorted()
                .toList();
        return names.isEmpty()
                ? null
                : new QueueException(
                        ErrorCode.UNAVAILABLE,
                        "Kafka: where to begin in " + names + " of " + name + " is not known for more than "
                                + TimeUnit.NANOSECONDS.toSeconds(LONG_NANOS)
                                + " s: they have no leader, or a transaction of their group is open");
    }
}

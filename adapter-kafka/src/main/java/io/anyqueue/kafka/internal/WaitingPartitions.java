package io.anyqueue.kafka.internal;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/** Partitions that wait for something, and since when: after a while that is worth a word. Safe for use by any thread. */
final class WaitingPartitions {
    static final long LONG_SECONDS = 8;

    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(LONG_SECONDS);

    private final Map<TopicPartition, Long> since = new ConcurrentHashMap<>();

    /** {@return whether it did not wait before} */
    boolean add(TopicPartition partition) {
        return since.putIfAbsent(partition, System.nanoTime()) == null;
    }

    void remove(TopicPartition partition) {
        since.remove(partition);
    }

    void clear() {
        since.clear();
    }

    void removeIf(Predicate<TopicPartition> gone) {
        since.keySet().removeIf(gone);
    }

    boolean contains(TopicPartition partition) {
        return since.containsKey(partition);
    }

    boolean isEmpty() {
        return since.isEmpty();
    }

    /** {@return all of them, as of now} */
    Set<TopicPartition> all() {
        return Set.copyOf(since.keySet());
    }

    /** {@return the names of those that have waited for long, sorted} */
    List<String> overdue(Predicate<TopicPartition> wanted) {
        long now = System.nanoTime();
        return since.entrySet().stream()
                .filter(each -> now - each.getValue() > LONG_NANOS && wanted.test(each.getKey()))
                .map(each -> each.getKey().toString())
                .sorted()
                .toList();
    }
}

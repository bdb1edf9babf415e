package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether a receiver's topics are there, and are the same: the client library waits for a missing one in silence, and
 * goes on by its old offsets in one that was made anew. The polling thread asks; answers come on the library's.
 */
final class TopicWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int LIMIT_MILLIS = 3_000;

    private final Layout layout;
    private final Clients clients;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final Map<String, Uuid> ids = new ConcurrentHashMap<>();
    /** A broker that lags may name an old one once more. */
    private final Set<Uuid> former = ConcurrentHashMap.newKeySet();

    private final WaitingPartitions leaderless = new WaitingPartitions();

    private volatile @Nullable QueueException missing;
    private volatile long answeredNanos = System.nanoTime() - PERIOD_NANOS;

    TopicWatch(Layout layout, Clients clients) {
        this.layout = layout;
        this.clients = clients;
    }

    /**
     * Asks anew if it is time to.
     *
     * @param soon whether somebody waits for the answer
     */
    void look(boolean soon) {
        long pause = soon ? SOON_NANOS : PERIOD_NANOS;
        if (System.nanoTime() - answeredNanos >= pause && asking.compareAndSet(false, true)) {
            try {
                ask();
            } catch (RuntimeException e) {
                LOG.debug("{}: not known whether it exists", layout.topic(), e);
                asking.set(false);
            }
        }
    }

    /** {@return why there is nothing to consume, as far as is known} */
    @Nullable
    QueueException missing() {
        return missing;
    }

    /** {@return the id of a topic that was there when it was asked last} */
    @Nullable
    Uuid id(String topic) {
        return ids.get(topic);
    }

    /** {@return whether it had a leader when it was looked at last} */
    boolean hasLeader(TopicPartition partition) {
        return !leaderless.contains(partition);
    }

    /** {@return why some of these partitions are not read, if that has lasted for long} The client library waits in silence. */
    @Nullable
    QueueException leaderless(Collection<TopicPartition> partitions) {
        List<String> names = leaderless.overdue(partitions::contains);
        return names.isEmpty()
                ? null
                : new QueueException(
                        ErrorCode.UNAVAILABLE,
                        "Kafka: " + names + " have had no leader for more than "
                                + WaitingPartitions.LONG_SECONDS
                                + " s, so what is in them waits: does a broker that has a copy run?");
    }

    private void ask() {
        CompletableFuture<?>[] answers = clients
                .admin()
                .describeTopics(Set.copyOf(layout.sources()), new DescribeTopicsOptions().timeoutMs(LIMIT_MILLIS))
                .topicNameValues()
                .entrySet()
                .stream()
                .map(asked -> asked.getValue()
                        .toCompletionStage()
                        .whenComplete((found, failure) -> answered(asked.getKey(), found, failure))
                        .toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        var unused = CompletableFuture.allOf(answers).whenComplete((done, failure) -> {
            answeredNanos = System.nanoTime();
            asking.set(false);
        });
    }

    private void answered(String topic, @Nullable TopicDescription found, @Nullable Throwable failure) {
        if (found != null) {
            if (!former.contains(found.topicId())) {
                Uuid old = ids.put(topic, found.topicId());
                if (old != null && !old.equals(found.topicId())) {
                    former.add(old);
                }
            }
            gone(topic, null);
            leaders(found);
            return;
        }
        QueueException why = Failures.of("consume " + layout.endpoint().name(), Objects.requireNonNull(failure));
        if (why.code() == ErrorCode.NOT_FOUND) {
            Uuid old = ids.remove(topic);
            if (old != null) {
                former.add(old);
            }
            leaderless.removeIf(partition -> partition.topic().equals(topic));
            String name = layout.endpoint().name();
            gone(
                    topic,
                    new QueueException(
                            ErrorCode.NOT_FOUND,
                            "'" + name + "' does not exist on Kafka; it is consumed once it is declared",
                            failure));
        } else {
            gone(topic, null); // Not known, which the consumer finds out by itself.
        }
    }

    private void leaders(TopicDescription found) {
        for (TopicPartitionInfo partition : found.partitions()) {
            TopicPartition name = new TopicPartition(found.name(), partition.partition());
            if (partition.leader() == null) {
                leaderless.add(name);
            } else {
                leaderless.remove(name);
            }
        }
    }

    /** Without a topic for delays the rest is consumed. */
    private void gone(String topic, @Nullable QueueException why) {
        if (topic.equals(layout.topic())) {
            missing = why;
        }
    }
}

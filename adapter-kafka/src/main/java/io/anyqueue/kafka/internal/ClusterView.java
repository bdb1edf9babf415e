package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the brokers have: topics, positions, offsets. For one thread and one task; waits for the brokers, and all questions together have a
 * deadline.
 */
final class ClusterView {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterView.class);

    private final Clients clients;
    private final Admin admin;
    private final long until;

    ClusterView(Clients clients) {
        this.clients = clients;
        this.admin = clients.admin();
        // Each question has a limit of its own, and all together have one.
        this.until = System.nanoTime() + 3 * clients.settings().connectTimeout().toNanos();
    }

    static QueueException missing(String name) {
        return new QueueException(ErrorCode.NOT_FOUND, "'" + name + "' does not exist on Kafka");
    }

    /** {@return whether it is time to give up} */
    boolean isOver() {
        return System.nanoTime() - until > 0;
    }

    /** {@return whether a share group consumes it} */
    boolean isShared(Layout layout) {
        return clients.settings().shared() && !layout.ordered() && !layout.isTopic();
    }

    /** {@return those of its topics that are there} */
    Map<String, TopicDescription> topics(Layout layout) throws Exception {
        return topics(Set.of(layout.topic(), layout.delayed(), layout.orderedMarker()));
    }

    Map<String, TopicDescription> topics(Set<String> names) throws Exception {
        DescribeTopicsResult asked = admin.describeTopics(names);
        Map<String, TopicDescription> found = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                asked.topicNameValues().entrySet()) {
            try {
                found.put(topic.getKey(), get(topic.getValue()));
            } catch (UnknownTopicOrPartitionException e) {
                LOG.trace("topic {} is not there", topic.getKey());
            }
        }
        return found;
    }

    static Set<TopicPartition> partitions(Map<String, TopicDescription> there, String topic) {
        TopicDescription found = there.get(topic);
        return found == null
                ? Set.of()
                : found.partitions().stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .collect(Collectors.toSet());
    }

    /** {@return where who consumes it is} */
    Map<TopicPartition, OffsetAndMetadata> offsets(Layout layout) throws Exception {
        String group = layout.group().orElseThrow();
        if (!isShared(layout)) {
            return offsets(group);
        }
        Map<TopicPartition, OffsetAndMetadata> known =
                new HashMap<>(clients.shareGroups().offsets(group));
        known.putAll(offsets(layout.delays().group().orElseThrow()));
        return known;
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(String group) throws Exception {
        try {
            Map<TopicPartition, OffsetAndMetadata> known =
                    new HashMap<>(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
            known.values().removeIf(java.util.Objects::isNull);
            return known;
        } catch (GroupIdNotFoundException e) {
            return Map.of();
        }
    }

    Map<TopicPartition, Long> listed(Set<TopicPartition> partitions, OffsetSpec which) throws Exception {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        // What a transaction stores that is open now becomes visible later, and is for who was there before.
        ListOffsetsOptions committed = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
        get(admin.listOffsets(partitions.stream().collect(Collectors.toMap(each -> each, each -> which)), committed)
                        .all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /** Waits for an answer until the deadline. */
    <T> T get(KafkaFuture<T> future) throws Exception {
        try {
            return future.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new QueueException(ErrorCode.UNAVAILABLE, "Kafka did not answer in time", e);
        }
    }
}

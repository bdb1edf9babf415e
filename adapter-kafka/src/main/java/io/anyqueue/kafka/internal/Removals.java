package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Empties and deletes queues, topics and subscriptions. For one thread and one task; waits for the brokers. */
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

    private final Clients clients;
    private final Admin admin;
    private final ClusterView view;
    private final Positions positions;

    Removals(Clients clients) {
        this.clients = clients;
        this.admin = clients.admin();
        this.view = new ClusterView(clients);
        this.positions = new Positions(clients, view);
    }

    void purge(Layout layout) throws Exception {
        Map<String, TopicDescription> there = view.topics(layout);
        if (!there.containsKey(layout.topic())) {
            throw ClusterView.missing(layout.endpoint().name());
        }
        Map<TopicPartition, OffsetAndMetadata> known = view.offsets(layout);
        if (layout.isSubscription() && known.isEmpty()) {
            throw ClusterView.missing(layout.endpoint().name());
        }
        Set<TopicPartition> all = new HashSet<>(ClusterView.partitions(there, layout.topic()));
        all.addAll(ClusterView.partitions(there, layout.delayed()));
        Map<TopicPartition, Long> end = view.listed(all, OffsetSpec.latest());
        boolean moved = positions.place(layout, consumed(there, known, end));
        if (layout.isSubscription()) {
            if (!moved) {
                throw new QueueException(
                        ErrorCode.UNSUPPORTED,
                        "'" + layout.endpoint().name()
                                + "' is being consumed, and Kafka then moves no positions: stop its consumers first");
            }
            return;
        }
        Map<TopicPartition, RecordsToDelete> delete = end.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> RecordsToDelete.beforeOffset(entry.getValue())));
        view.get(admin.deleteRecords(delete).all());
    }

    /** {@return positions that count as consumed, and whose epochs go on} */
    private static Map<TopicPartition, OffsetAndMetadata> consumed(
            Map<String, TopicDescription> there,
            Map<TopicPartition, OffsetAndMetadata> known,
            Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            OffsetAndMetadata old = known.get(partition);
            long epoch = old == null
                    ? 1
                    : Math.max(1, Ledger.decode(old.offset(), old.metadata()).epoch());
            positions.put(partition, Positions.at(there, partition, offset, epoch, 0));
        });
        return positions;
    }

    void delete(Layout layout) throws Exception {
        if (!layout.isSubscription()) {
            List<String> names = List.of(layout.topic(), layout.delayed(), layout.orderedMarker());
            for (KafkaFuture<Void> deleted :
                    admin.deleteTopics(names).topicNameValues().values()) {
                try {
                    view.get(deleted);
                } catch (UnknownTopicOrPartitionException e) {
                    LOG.trace("one of {} is not there", names);
                }
            }
            gone(layout.topic());
        }
        if (layout.group().isEmpty()) {
            return;
        }
        if (view.isShared(layout)) {
            clients.shareGroups().delete(layout.group().get());
        }
        deleteGroup(
                view.isShared(layout)
                        ? layout.delays().group().orElseThrow()
                        : layout.group().get());
    }

    private void deleteGroup(String group) throws Exception {
        try {
            view.get(admin.deleteConsumerGroups(List.of(group)).all());
        } catch (GroupIdNotFoundException e) {
            LOG.trace("group {} is not there", group);
        } catch (GroupNotEmptyException e) {
            LOG.debug("group {} has members, and goes with the last of them", group);
        }
    }

    /** A topic that was deleted is there for a moment, and takes messages. */
    private void gone(String topic) throws Exception {
        while (!view.topics(Set.of(topic)).isEmpty()) {
            if (view.isOver()) {
                throw new QueueException(
                        ErrorCode.TIMEOUT, "Kafka: topic " + topic + " was deleted and is still there");
            }
            Thread.sleep(20);
        }
    }
}

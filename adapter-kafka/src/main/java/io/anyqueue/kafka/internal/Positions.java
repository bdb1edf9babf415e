package io.anyqueue.kafka.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/** Puts groups at positions. For one thread and one task; waits for the brokers. */
final class Positions {
    private final Clients clients;
    private final Admin admin;
    private final ClusterView view;

    Positions(Clients clients, ClusterView view) {
        this.clients = clients;
        this.admin = clients.admin();
        this.view = view;
    }

    /** {@return a position at which nothing is settled yet} */
    static OffsetAndMetadata at(
            Map<String, TopicDescription> there, TopicPartition partition, long offset, long epoch, long since) {
        TopicDescription topic = Objects.requireNonNull(there.get(partition.topic()));
        Ledger ledger = new Ledger(false, epoch, since, topic.topicId(), offset, offset, List.of());
        return new OffsetAndMetadata(offset, ledger.encode());
    }

    /** {@return whether who consumes it is at these positions now; not while it is being consumed} */
    boolean place(Layout layout, Map<TopicPartition, OffsetAndMetadata> positions) throws Exception {
        if (!view.isShared(layout)) {
            return place(layout.group().orElseThrow(), positions);
        }
        Map<TopicPartition, Long> main = new HashMap<>();
        Map<TopicPartition, OffsetAndMetadata> delayed = new HashMap<>();
        positions.forEach((partition, position) -> {
            if (partition.topic().equals(layout.topic())) {
                main.put(partition, position.offset());
            } else {
                delayed.put(partition, position);
            }
        });
        boolean placed = clients.shareGroups().move(layout.group().orElseThrow(), main);
        return (delayed.isEmpty() || place(layout.delays().group().orElseThrow(), delayed)) && placed;
    }

    private boolean place(String group, Map<TopicPartition, OffsetAndMetadata> positions) throws Exception {
        try {
            view.get(admin.alterConsumerGroupOffsets(group, positions).all());
            return true;
        } catch (UnknownMemberIdException | GroupNotEmptyException e) {
            return false;
        }
    }
}

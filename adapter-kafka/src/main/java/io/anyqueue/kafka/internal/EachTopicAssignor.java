package io.anyqueue.kafka.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Spreads each topic by itself over the members of a group, as the client library's assignor does with all at once: that balances their sum,
 * so who joins a queue could have none of its partitions, and more of its delayed ones instead. Made by the client library, and called by the
 * thread that polls of whichever member leads the group.
 */
public final class EachTopicAssignor extends CooperativeStickyAssignor {
    /** Called by the client library. */
    public EachTopicAssignor() {}

    @Override
    public String name() {
        return "anyqueue-each-topic";
    }

    @Override
    public Map<String, List<TopicPartition>> assignPartitions(
            Map<String, List<PartitionInfo>> partitions, Map<String, Subscription> members) {
        Map<String, List<TopicPartition>> assigned = new HashMap<>();
        members.keySet().forEach(member -> assigned.put(member, new ArrayList<>()));
        partitions.forEach((topic, its) -> super.assignPartitions(Map.of(topic, its), of(topic, members))
                .forEach((member, some) -> assigned.computeIfAbsent(member, other -> new ArrayList<>())
                        .addAll(some)));
        return assigned;
    }

    private static Map<String, Subscription> of(String topic, Map<String, Subscription> members) {
        Map<String, Subscription> subscribed = new HashMap<>();
        members.forEach((member, all) -> {
            if (all.topics().contains(topic)) {
                subscribed.put(member, of(topic, all));
            }
        });
        return subscribed;
    }

    private static Subscription of(String topic, Subscription all) {
        List<TopicPartition> owned = all.ownedPartitions().stream()
                .filter(partition -> partition.topic().equals(topic))
                .toList();
        Subscription one = new Subscription(
                List.of(topic),
                all.userData() == null ? null : all.userData().duplicate(),
                owned,
                all.generationId().orElse(DEFAULT_GENERATION),
                all.rackId());
        one.setGroupInstanceId(all.groupInstanceId());
        return one;
    }
}

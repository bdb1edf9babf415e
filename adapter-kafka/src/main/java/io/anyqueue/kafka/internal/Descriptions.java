package io.anyqueue.kafka.internal;

import io.anyqueue.spi.Topology.Count;
import io.anyqueue.spi.Topology.Description;
import io.anyqueue.spi.Topology.Page;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Says what is in a queue or subscription. For one thread and one task; waits for the brokers. */
final class Descriptions {
    private final Clients clients;
    private final ClusterView view;

    Descriptions(Clients clients) {
        this.clients = clients;
        this.view = new ClusterView(clients);
    }

    Description describe(Layout layout) throws Exception {
        Map<String, TopicDescription> there = view.topics(layout);
        if (!there.containsKey(layout.topic())) {
            return Description.ABSENT;
        }
        if (layout.isTopic()) {
            return new Description(true, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        Map<TopicPartition, OffsetAndMetadata> known = view.offsets(layout);
        if (layout.isSubscription() && known.isEmpty()) {
            return Description.ABSENT;
        }
        return new Description(
                true,
                Optional.of(new Count(depth(layout, ClusterView.partitions(there, layout.topic()), known), false)),
                layout.ordered()
                        ? Optional.empty()
                        : Optional.of(
                                new Count(waiting(ClusterView.partitions(there, layout.delayed()), known), false)),
                Optional.empty(),
                Optional.empty());
    }

    Page browse(Layout layout, Map<Integer, Long> from, int max) throws Exception {
        Map<String, TopicDescription> there = view.topics(layout);
        Map<TopicPartition, OffsetAndMetadata> known = view.offsets(layout);
        if (!there.containsKey(layout.topic()) || (layout.isSubscription() && known.isEmpty())) {
            throw ClusterView.missing(layout.endpoint().name());
        }
        return new Browser(clients, layout).page(ClusterView.partitions(there, layout.topic()), known, from, max);
    }

    private long depth(Layout layout, Set<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> known)
            throws Exception {
        if (!view.isShared(layout)) {
            return waiting(partitions, known);
        }
        Map<TopicPartition, Long> lags =
                clients.shareGroups().lags(layout.group().orElseThrow());
        Set<TopicPartition> others = new HashSet<>(partitions);
        others.removeAll(lags.keySet());
        return lags.values().stream().mapToLong(Long::longValue).sum() + waiting(others, known);
    }

    /** {@return how many offsets lie behind the committed ones, less what is settled there} */
    private long waiting(Set<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> known)
            throws Exception {
        Map<TopicPartition, Long> first = view.listed(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> last = view.listed(partitions, OffsetSpec.latest());
        long sum = 0;
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata committed = known.get(partition);
            long begin = first.getOrDefault(partition, 0L);
            long end = last.getOrDefault(partition, 0L);
            long from = committed == null ? begin : Math.max(begin, committed.offset());
            long settled = 0;
            if (committed != null) {
                Ledger ledger = Ledger.decode(committed.offset(), committed.metadata());
                long unsettled = ledger.ranges().stream()
                        .mapToLong(range -> range.to() - range.from())
                        .sum();
                settled = ledger.end() - ledger.start() - unsettled;
            }
            sum += Math.max(0, end - from - settled);
        }
        return sum;
    }
}

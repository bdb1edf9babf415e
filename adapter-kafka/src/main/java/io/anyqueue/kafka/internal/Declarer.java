package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Spec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes topics and groups, and checks those that are there. For one thread and one task; waits for the brokers. */
final class Declarer {
    private static final Logger LOG = LoggerFactory.getLogger(Declarer.class);

    private final Clients clients;
    private final Admin admin;
    private final ClusterView view;
    private final Positions positions;

    Declarer(Clients clients) {
        this.clients = clients;
        this.admin = clients.admin();
        this.view = new ClusterView(clients);
        this.positions = new Positions(clients, view);
    }

    void create(Spec spec) throws Exception {
        Layout layout = Layout.of(spec);
        if (layout.isSubscription()) {
            subscribe(spec, layout, true);
            return;
        }
        Map<String, TopicDescription> there = view.topics(layout);
        if (!there.containsKey(layout.topic())) {
            makeAll(spec, layout);
            there = made(layout);
        } else if (!layout.ordered()
                && !there.containsKey(layout.delayed())
                && !there.containsKey(layout.orderedMarker())) {
            // Somebody else made the topic.
            make(List.of(delayed(spec, layout)));
            there = made(layout);
        }
        compare(spec, layout, there);
        if (view.isShared(layout)) {
            var unused = clients.shareGroups().prepare(layout, spec.lease(), true);
        }
        checkRetention(spec, layout);
    }

    private void makeAll(Spec spec, Layout layout) throws Exception {
        Settings settings = clients.settings();
        NewTopic main = new NewTopic(
                        layout.topic(),
                        TopicArguments.partitions(spec, settings.partitions()),
                        TopicArguments.replicas(spec, settings.replicas()))
                .configs(TopicArguments.configs(spec, settings));
        // What goes with it first: who finds the topic finds all.
        make(List.of(
                layout.ordered()
                        ? new NewTopic(layout.orderedMarker(), 1, TopicArguments.replicas(spec, settings.replicas()))
                        : delayed(spec, layout)));
        make(List.of(main));
    }

    private NewTopic delayed(Spec spec, Layout layout) {
        return new NewTopic(
                        layout.delayed(),
                        DelayLevels.COUNT,
                        TopicArguments.replicas(spec, clients.settings().replicas()))
                .configs(TopicArguments.delayedConfigs(spec, clients.settings()));
    }

    private void make(List<NewTopic> topics) throws Exception {
        for (Map.Entry<String, KafkaFuture<Void>> made :
                admin.createTopics(topics).values().entrySet()) {
            try {
                view.get(made.getValue());
            } catch (TopicExistsException e) {
                LOG.debug("topic {} was made by somebody else just now", made.getKey());
            }
            appeared(made.getKey());
        }
    }

    /**
     * A topic that was made is known to the other brokers, and has leaders that know it, a little later. They are asked, as a leader
     * that refuses a producer's first batch and takes its second never takes the first any more (KAFKA-15591).
     */
    private void appeared(String topic) throws Exception {
        while (!isKnown(topic)) {
            if (view.isOver()) {
                throw new QueueException(ErrorCode.TIMEOUT, "Kafka: topic " + topic + " was made and does not appear");
            }
            Thread.sleep(20);
        }
    }

    private boolean isKnown(String topic) throws Exception {
        TopicDescription found = view.topics(Set.of(topic)).get(topic);
        if (found == null || found.partitions().stream().anyMatch(partition -> partition.leader() == null)) {
            return false;
        }
        try {
            var unused = view.listed(ClusterView.partitions(Map.of(topic, found), topic), OffsetSpec.latest());
            return true;
        } catch (UnknownTopicOrPartitionException | LeaderNotAvailableException | NotLeaderOrFollowerException e) {
            LOG.debug("topic {} is not known to all brokers yet", topic, e);
            return false;
        }
    }

    /** {@return the topics as they are now} Another broker may be asked than before, which learns of them a little later. */
    private Map<String, TopicDescription> made(Layout layout) throws Exception {
        Map<String, TopicDescription> there = view.topics(layout);
        while (!there.containsKey(layout.topic())
                || !there.containsKey(layout.ordered() ? layout.orderedMarker() : layout.delayed())) {
            if (view.isOver()) {
                throw new QueueException(
                        ErrorCode.TIMEOUT, "Kafka: topic " + layout.topic() + " was made and does not appear");
            }
            Thread.sleep(20);
            there = view.topics(layout);
        }
        return there;
    }

    void validate(Spec spec) throws Exception {
        Layout layout = Layout.of(spec);
        if (layout.isSubscription()) {
            subscribe(spec, layout, false);
        } else {
            compare(spec, layout, view.topics(layout));
            if (view.isShared(layout)) {
                clients.shareGroups().check(layout, spec.lease());
            }
            checkRetention(spec, layout);
        }
    }

    /** Somebody else may have made the topic, or changed it (rule RET-1). */
    private void checkRetention(Spec spec, Layout layout) throws Exception {
        if (spec.retention().isEmpty()) {
            return;
        }
        long asked = spec.retention().get().toMillis();
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, layout.topic());
        Config config = view.get(Objects.requireNonNull(
                admin.describeConfigs(List.of(topic)).values().get(topic)));
        long actual = Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value());
        if (actual != TopicArguments.FOREVER && actual < asked) {
            throw conflict(spec, "keeps messages for " + actual + " ms, and is declared with " + asked + " ms");
        }
    }

    private void compare(Spec spec, Layout layout, Map<String, TopicDescription> there) {
        TopicDescription main = there.get(layout.topic());
        if (main == null) {
            throw ClusterView.missing(layout.endpoint().name());
        }
        boolean ordered = there.containsKey(layout.orderedMarker());
        if (ordered != spec.ordered()) {
            throw conflict(
                    spec,
                    "is there as " + (ordered ? "an ordered one" : "one that is not ordered") + ", and is declared as "
                            + (spec.ordered() ? "ordered" : "not ordered"));
        }
        int wanted = TopicArguments.partitions(spec, clients.settings().partitions());
        int actual = main.partitions().size();
        if (TopicArguments.hasPartitions(spec) && actual != wanted) {
            throw conflict(spec, "has " + actual + " partitions, and is declared with " + wanted);
        }
        if (view.isShared(layout) && wanted == 1 && actual > 1) {
            throw conflict(
                    spec,
                    "has " + actual
                            + " partitions, and consumers of a share group compete for all messages of one only:"
                            + " set partitions=" + actual + " if a message may wait for some of the consumers, or"
                            + " consume=groups");
        }
        if (!ordered && !there.containsKey(layout.delayed())) {
            throw new QueueException(
                    ErrorCode.NOT_FOUND,
                    "'" + layout.endpoint().name() + "' has no topic for delays on Kafka, " + layout.delayed()
                            + ": declare it in the mode create");
        }
    }

    private static QueueException conflict(Spec spec, String what) {
        return new QueueException(ErrorCode.CONFLICT, "'" + spec.endpoint().name() + "' on Kafka " + what);
    }

    /** A subscription is there if its group has positions: the end of the topic when it was declared (rule RCV-2). */
    private void subscribe(Spec spec, Layout layout, boolean create) throws Exception {
        Map<String, TopicDescription> there = view.topics(layout);
        compare(spec, layout, there);
        if (view.isShared(layout) && create) {
            var unused = clients.shareGroups().prepare(layout, spec.lease(), true);
        } else if (view.isShared(layout)) {
            clients.shareGroups().check(layout, spec.lease());
        }
        Map<TopicPartition, OffsetAndMetadata> known = view.offsets(layout);
        Set<TopicPartition> main = ClusterView.partitions(there, layout.topic());
        if (main.stream().anyMatch(known::containsKey)) {
            return;
        }
        if (!create) {
            throw ClusterView.missing(layout.endpoint().name());
        }
        long now = clients.config().time().currentTimeMillis();
        Map<TopicPartition, OffsetAndMetadata> begins = new HashMap<>();
        view.listed(main, OffsetSpec.latest())
                .forEach((partition, end) -> begins.put(partition, Positions.at(there, partition, end, 0, 0)));
        // What waits there and becomes due from now on is for this subscription too.
        view.listed(ClusterView.partitions(there, layout.delayed()), OffsetSpec.earliest())
                .forEach((partition, begin) -> begins.put(partition, Positions.at(there, partition, begin, 0, now)));
        if (!positions.place(layout, begins)) {
            LOG.debug(
                    "subscription {} is being consumed already",
                    layout.endpoint().name());
        }
    }
}

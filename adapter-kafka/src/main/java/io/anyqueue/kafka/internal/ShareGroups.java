package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out whether the brokers have share groups, and sets and looks at single ones. Safe for use by any thread; waits for the brokers. */
final class ShareGroups {
    private static final Logger LOG = LoggerFactory.getLogger(ShareGroups.class);
    private static final String FEATURE = "share.version";
    private static final String LOCK = "share.record.lock.duration.ms";
    private static final String LIMIT = "share.delivery.count.limit";
    private static final int BROKERS_LOCK_MILLIS = 30_000;
    private static final int BROKERS_LIMIT = 5;

    private final Clients clients;
    private volatile @Nullable Bounds bounds;

    ShareGroups(Clients clients) {
        this.clients = clients;
    }

    /** What the brokers let a group set. */
    private record Bounds(int leastLockMillis, int mostLockMillis, int mostDeliveries) {}

    /**
     * What holds for a group.
     *
     * @param lockMillis how long a record is locked unless that is renewed
     * @param deliveries after so many the broker gives a record up, in silence
     */
    record Terms(int lockMillis, int deliveries) {
        /** {@return after how many a record goes on as a copy} Early enough for several crashes while that is being done. */
        int lastDelivery() {
            return Math.max(2, deliveries / 2);
        }
    }

    /**
     * Sets a group up, before its first member comes: nothing is skipped, and nothing is given up early.
     *
     * @param strict whether locks that others set to another duration are a failure; else theirs counts
     * @throws QueueException UNSUPPORTED if the brokers have no share groups, CONFLICT if a group of another kind has the name
     */
    Terms prepare(Layout layout, Duration lease, boolean strict) throws Exception {
        Found found = look(layout, lease, strict);
        String group = layout.group().orElseThrow();
        Map<String, String> needed = Map.of(
                "share.auto.offset.reset",
                "earliest",
                "share.isolation.level",
                "read_committed",
                LOCK,
                found.lockMillis() + "");
        Map<String, String> useful = Map.of(
                LIMIT,
                found.bounds().mostDeliveries() + "",
                "share.renew.acknowledge.enable",
                "true",
                "share.assignment.interval.ms",
                "0");
        set(group, found.config(), needed);
        for (Map.Entry<String, String> each : useful.entrySet()) {
            if (!has(found.config(), each.getKey(), each.getValue())) {
                trySet(group, found.config(), Map.of(each.getKey(), each.getValue()));
            }
        }
        Config then = config(group);
        return new Terms((int) found.lockMillis(), number(then, LIMIT, BROKERS_LIMIT));
    }

    /**
     * Sees whether a group can be what is declared, and changes nothing.
     *
     * @throws QueueException as {@link #prepare}
     */
    void check(Layout layout, Duration lease) throws Exception {
        var unused = look(layout, lease, true);
    }

    /** How a group is, and how long its locks are to be. */
    private record Found(Bounds bounds, @Nullable Config config, long lockMillis) {}

    private Found look(Layout layout, Duration lease, boolean strict) throws Exception {
        Bounds within = bounds();
        String group = layout.group().orElseThrow();
        checkIsNone(layout, group);
        Config now = config(group);
        long wanted =
                Math.min(lease.toMillis(), clients.settings().lockDuration().toMillis());
        long lock = Math.max(within.leastLockMillis(), Math.min(within.mostLockMillis(), wanted));
        ConfigEntry earlier = now == null ? null : now.get(LOCK);
        if (earlier == null || earlier.source() != ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG) {
            return new Found(within, now, lock);
        }
        int there = number(now, LOCK, BROKERS_LOCK_MILLIS);
        if (strict && there != lock) {
            throw new QueueException(
                    ErrorCode.CONFLICT,
                    "'" + layout.endpoint().name() + "' on Kafka locks messages for " + there
                            + " ms, and is declared with a lease and a lock-duration that make it " + lock
                            + ": let all clients have the same");
        }
        return new Found(within, now, there);
    }

    private @Nullable Config config(String group) throws Exception {
        ConfigResource resource = resource(group);
        return get(admin().describeConfigs(List.of(resource)).all()).get(resource);
    }

    private static boolean has(@Nullable Config config, String name, String value) {
        ConfigEntry entry = config == null ? null : config.get(name);
        return entry != null && value.equals(entry.value());
    }

    private Bounds bounds() throws Exception {
        Bounds known = bounds;
        if (known != null) {
            return known;
        }
        var features = get(admin().describeFeatures().featureMetadata()).finalizedFeatures();
        var version = features.get(FEATURE);
        if (version == null || version.maxVersionLevel() < 1) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "these brokers have no share groups (the feature " + FEATURE
                            + " is not on, which Kafka 4.2 and later can have): set consume=groups");
        }
        String node = get(admin().describeCluster().controller()).idString();
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node);
        Config config = get(admin().describeConfigs(List.of(broker)).all()).get(broker);
        Bounds found = new Bounds(
                number(config, "group.share.min.record.lock.duration.ms", 15_000),
                number(config, "group.share.max.record.lock.duration.ms", 60_000),
                number(config, "group.share.max.delivery.count.limit", 10));
        bounds = found;
        return found;
    }

    private static int number(@Nullable Config config, String name, int byDefault) {
        ConfigEntry entry = config == null ? null : config.get(name);
        try {
            return entry == null || entry.value() == null ? byDefault : Integer.parseInt(entry.value());
        } catch (NumberFormatException e) {
            return byDefault;
        }
    }

    /** A group that has positions already keeps its way: all would come again, or be skipped. */
    private void checkIsNone(Layout layout, String group) throws Exception {
        try {
            var found =
                    get(admin().describeConsumerGroups(List.of(group)).all()).get(group);
            if (found != null && found.groupState() != GroupState.DEAD) {
                throw new QueueException(
                        ErrorCode.CONFLICT,
                        "'" + layout.endpoint().name() + "' is consumed on Kafka by the group " + group + " of type "
                                + found.type()
                                + " already: set consume=groups, or let it be emptied, stop its consumers"
                                + " and delete that group first");
            }
        } catch (GroupIdNotFoundException e) {
            LOG.trace("no consumer group has the name {}", group);
        }
    }

    private void set(String group, @Nullable Config now, Map<String, String> values) throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        values.forEach((name, value) -> {
            boolean kept = name.equals(LOCK)
                    && now != null
                    && now.get(LOCK) != null
                    && now.get(LOCK).source() != ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG;
            if (kept || !has(now, name, value)) {
                changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
            }
        });
        if (!changes.isEmpty()) {
            get(admin().incrementalAlterConfigs(Map.of(resource(group), changes))
                    .all());
        }
    }

    private void trySet(String group, @Nullable Config now, Map<String, String> values) throws Exception {
        try {
            set(group, now, values);
        } catch (InvalidConfigurationException | InvalidRequestException e) {
            LOG.debug("share group {} cannot have {}", group, values, e);
        }
    }

    private static ConfigResource resource(String group) {
        return new ConfigResource(ConfigResource.Type.GROUP, group);
    }

    /** {@return where a group is in the partitions of its topic, as far as it is anywhere} */
    Map<TopicPartition, OffsetAndMetadata> offsets(String group) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        try {
            var known = get(admin().listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                    .all());
            known.getOrDefault(group, Map.of()).forEach((partition, at) -> {
                if (at != null && at.startOffset() >= 0) {
                    offsets.put(partition, new OffsetAndMetadata(at.startOffset()));
                }
            });
        } catch (GroupIdNotFoundException e) {
            LOG.trace("no share group has the name {}", group);
        }
        return offsets;
    }

    /** {@return how many records wait in each partition, as far as the brokers can tell} */
    Map<TopicPartition, Long> lags(String group) throws Exception {
        Map<TopicPartition, Long> lags = new HashMap<>();
        try {
            var known = get(admin().listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                    .all());
            known.getOrDefault(group, Map.of()).forEach((partition, at) -> {
                if (at != null && at.startOffset() >= 0) {
                    at.lag().filter(lag -> lag >= 0).ifPresent(lag -> lags.put(partition, lag));
                }
            });
        } catch (GroupIdNotFoundException e) {
            LOG.trace("no share group has the name {}", group);
        }
        return lags;
    }

    /** {@return whether the group begins there now; not if it has members} */
    boolean move(String group, Map<TopicPartition, Long> offsets) throws Exception {
        try {
            get(admin().alterShareGroupOffsets(group, offsets).all());
            return true;
        } catch (GroupNotEmptyException e) {
            return false;
        }
    }

    void delete(String group) throws Exception {
        try {
            get(admin().deleteShareGroups(List.of(group)).all());
        } catch (GroupIdNotFoundException e) {
            LOG.trace("no share group has the name {}", group);
        } catch (GroupNotEmptyException e) {
            LOG.debug("share group {} has members, and goes with the last of them", group);
            return;
        }
        // What was set outlives the group, and would be found by the next of the name.
        List<AlterConfigOp> forget = new ArrayList<>();
        for (String name : List.of(
                "share.auto.offset.reset",
                "share.isolation.level",
                LOCK,
                LIMIT,
                "share.renew.acknowledge.enable",
                "share.assignment.interval.ms")) {
            forget.add(new AlterConfigOp(new ConfigEntry(name, ""), AlterConfigOp.OpType.DELETE));
        }
        try {
            get(admin().incrementalAlterConfigs(Map.of(resource(group), forget)).all());
        } catch (InvalidConfigurationException | InvalidRequestException e) {
            LOG.debug("the settings of share group {} remain", group, e);
        }
    }

    private Admin admin() {
        return clients.admin();
    }

    private <T> T get(KafkaFuture<T> future) throws Exception {
        try {
            return future.get(clients.settings().connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new QueueException(ErrorCode.UNAVAILABLE, "Kafka did not answer in time", e);
        }
    }
}

package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/**
 * What topics are made with: partitions, copies, and the broker's settings for a topic as the arguments of a destination name them.
 * Stateless.
 */
final class TopicArguments {
    /** Kafka's word for it. */
    static final long FOREVER = -1;

    private static final Set<String> OWN = Set.of(Settings.PARTITIONS, Settings.REPLICAS);
    private static final Set<String> KNOWN = Set.of(
            TopicConfig.RETENTION_MS_CONFIG,
            TopicConfig.RETENTION_BYTES_CONFIG,
            TopicConfig.SEGMENT_BYTES_CONFIG,
            TopicConfig.SEGMENT_MS_CONFIG,
            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
            TopicConfig.COMPRESSION_TYPE_CONFIG,
            TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
            TopicConfig.FLUSH_MS_CONFIG,
            TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
            TopicConfig.REMOTE_LOG_STORAGE_ENABLE_CONFIG,
            TopicConfig.LOCAL_LOG_RETENTION_MS_CONFIG,
            TopicConfig.LOCAL_LOG_RETENTION_BYTES_CONFIG,
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);

    private TopicArguments() {}

    /** @throws QueueException INVALID_ARGUMENT for one that is not known */
    static void check(Spec spec, Settings settings) {
        for (String name : spec.nativeArguments().keySet()) {
            if (!OWN.contains(name) && !KNOWN.contains(name)) {
                throw new QueueException(
                        ErrorCode.INVALID_ARGUMENT,
                        "'" + spec.endpoint().name() + "' has the argument '" + name + "', and on Kafka there are "
                                + String.join(", ", OWN) + ", " + String.join(", ", KNOWN));
            }
        }
        if (spec.ordered() && spec.nativeArguments().containsKey(Settings.PARTITIONS)) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + spec.endpoint().name() + "' is ordered: its partitions are its shards; set those");
        }
        int unused = partitions(spec, 1);
        long unusedRetention = retentionMillis(spec, settings);
        short unusedReplicas = replicas(spec, (short) -1);
    }

    static int partitions(Spec spec, int byDefault) {
        return spec.ordered()
                ? spec.shards()
                : Settings.number(spec.nativeArguments(), Settings.PARTITIONS, byDefault, 1, Settings.MOST_PARTITIONS);
    }

    /** {@return whether the number was asked for} */
    static boolean hasPartitions(Spec spec) {
        return spec.ordered() || spec.nativeArguments().containsKey(Settings.PARTITIONS);
    }

    static short replicas(Spec spec, short byDefault) {
        return (short) Settings.number(spec.nativeArguments(), Settings.REPLICAS, byDefault, -1, 100);
    }

    /** {@return what a topic is made with} */
    static Map<String, String> configs(Spec spec, Settings settings) {
        Map<String, String> configs = new HashMap<>(spec.nativeArguments());
        configs.keySet().removeAll(OWN);
        configs.put(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(settings.maxMessageBytes() + Clients.RECORD_OVERHEAD_BYTES));
        configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retentionMillis(spec, settings)));
        return configs;
    }

    /** {@return what the topic of what waits is made with: a record's time is when it is due there, and retention goes by it} */
    static Map<String, String> delayedConfigs(Spec spec, Settings settings) {
        Map<String, String> configs = configs(spec, settings);
        configs.put(TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(FOREVER));
        configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        configs.put(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, Long.toString(Long.MAX_VALUE));
        return configs;
    }

    /** {@return how long messages are kept, handled or not, in milliseconds; -1 for ever (rule RET-1)} */
    static long retentionMillis(Spec spec, Settings settings) {
        String own = spec.nativeArguments().get(TopicConfig.RETENTION_MS_CONFIG);
        if (own != null) {
            return millis(spec, own);
        }
        if (spec.endpoint().physicalName().endsWith(Endpoint.derive("", Endpoint.DEAD_LETTERS))) {
            return FOREVER; // Whoever looks after a weekend has to find them.
        }
        long wanted = spec.retention().map(Duration::toMillis).orElse(0L);
        return Math.max(wanted, settings.retention().toMillis());
    }

    private static long millis(Spec spec, String text) {
        try {
            long millis = Long.parseLong(text.trim());
            if (millis == FOREVER
                    || millis >= spec.retention().map(Duration::toMillis).orElse(1L)) {
                return millis;
            }
        } catch (NumberFormatException e) {
            throw wrongRetention(spec, text, e);
        }
        throw wrongRetention(spec, text, null);
    }

    private static QueueException wrongRetention(Spec spec, String text, @Nullable Throwable cause) {
        return new QueueException(
                ErrorCode.INVALID_ARGUMENT,
                "'" + spec.endpoint().name() + "' has retention.ms=" + text + " and must have -1, or "
                        + spec.retention().map(Duration::toMillis).orElse(1L) + " or more",
                cause);
    }
}

package io.anyqueue.kafka.internal;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Limits;
import io.anyqueue.Support;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What Kafka can do, with consumer groups and with share groups (rule CAP-1). Stateless. */
final class KafkaCapabilities {
    private KafkaCapabilities() {}

    static Capabilities of(Spec spec, Settings settings) {
        boolean shared = settings.shared() && !spec.ordered();
        Map<Feature, Support> features = new EnumMap<>(Feature.class);
        for (Feature feature : Feature.values()) {
            features.put(
                    feature, shared ? SharedCapabilities.support(feature, spec, settings) : support(feature, spec));
        }
        return new Capabilities(
                "Kafka",
                features,
                shared ? SharedCapabilities.limits(spec, settings) : limits(spec, settings),
                shared ? LeaseModel.PER_DELIVERY : LeaseModel.SESSION);
    }

    /** {@return why a feature is absent and what to do, for an error} */
    static String absence(Spec spec, Feature feature) {
        return absence(support(feature, spec), feature);
    }

    static String absence(Support support, Feature feature) {
        return support instanceof Support.Absent absent
                ? absent.reason() + "; " + absent.remedy()
                : "Kafka has " + feature;
    }

    static Support support(Feature feature, Spec spec) {
        return switch (feature) {
            case ORDERED_KEYS, TOPICS, DURABLE, STALE_FENCED, BROWSE, REPLAY, TRANSACTIONS -> Support.NATIVE;
            case COMPETING_CONSUMERS ->
                Support.absent(
                        "a partition belongs to one consumer, and what is in it waits for that one",
                        "give the queue more partitions, and handlers a timeout");
            case LEASE_EXTENSION ->
                Support.emulated("a delivery is held as long as its consumer is a member of the group");
            case DELAYED_SEND ->
                unordered(spec, "a topic in which messages wait, each partition for a power of four of 250 ms");
            case DELAYED_RELEASE, ATTEMPTS_KEPT ->
                unordered(spec, "a delayed message is a confirmed copy that carries its counters");
            case ORDERED_PIPELINING ->
                Support.absent(
                        "a message of several that are under way can fail alone",
                        "nothing to do: one message of a key is under way at a time");
            case EXACT_DELIVERIES, CRASH_COUNT ->
                Support.absent(
                        "a crash also counts what was fetched and not handed out, and may forget a release right before it",
                        "take the number for an estimate");
            case ATOMIC_FORWARD ->
                Support.absent(
                        "a commit is of a whole partition, not of one message",
                        "use exactlyOnce(), which commits in transactions, or idempotent consumers");
            case PRIORITIES -> Support.absent("a log has one order", "use a queue for each priority");
            case DEDUPLICATION -> Support.absent("ids are not compared", "use idempotent consumers");
        };
    }

    private static Support unordered(Spec spec, String how) {
        return spec.ordered()
                ? Support.absent("later messages of the key would overtake", "use a queue that is not ordered")
                : Support.emulated(how);
    }

    /** A retention that is asked for is given; what was made by others is compared with it when it is declared. */
    private static Duration retention(Spec spec, Settings settings) {
        long millis = TopicArguments.retentionMillis(spec, settings);
        return millis == TopicArguments.FOREVER ? Limits.UNLIMITED : Duration.ofMillis(millis);
    }

    static Limits limits(Spec spec, Settings settings) {
        Duration delay = spec.ordered() ? Duration.ZERO : Limits.UNLIMITED;
        Duration crash = settings.sessionTimeout().plusSeconds(5);
        return new Limits(
                settings.maxMessageBytes(),
                delay,
                delay,
                Limits.UNLIMITED,
                Integer.MAX_VALUE,
                Names.LONGEST,
                crash,
                Duration.ZERO,
                crash,
                retention(spec, settings));
    }
}

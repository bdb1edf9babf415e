package io.anyqueue.rabbitmq.internal;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Limits;
import io.anyqueue.Support;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What RabbitMQ can do, whichever version, with quorum queues (rule CAP-1). Stateless. */
final class RabbitMqCapabilities {
    /** The server ends consumers that hold a message for longer than its {@code consumer_timeout}, by default 30 minutes. */
    private static final Duration LONGEST_LEASE = Duration.ofMinutes(25);

    private RabbitMqCapabilities() {}

    static Capabilities of(Spec spec, Settings settings) {
        Map<Feature, Support> features = new EnumMap<>(Feature.class);
        for (Feature feature : Feature.values()) {
            features.put(feature, support(feature, spec));
        }
        return new Capabilities("RabbitMQ", features, limits(spec, settings), LeaseModel.SESSION);
    }

    /** {@return why a feature is absent and what to do, for an error} */
    static String absence(Spec spec, Feature feature) {
        return support(feature, spec) instanceof Support.Absent absent
                ? absent.reason() + "; " + absent.remedy()
                : "RabbitMQ has " + feature;
    }

    private static Support support(Feature feature, Spec spec) {
        return switch (feature) {
            case ORDERED_KEYS, TOPICS, DURABLE, STALE_FENCED -> Support.NATIVE;
            case COMPETING_CONSUMERS ->
                spec.ordered()
                        ? Support.absent(
                                "a shard has one active consumer, and what is in it waits for that one",
                                "use a queue that is not ordered")
                        : Support.NATIVE;
            case DELAYED_SEND -> unordered(spec, "queues in which messages wait, each for a power of two of 100 ms");
            case DELAYED_RELEASE, ATTEMPTS_KEPT ->
                unordered(spec, "a released message is a confirmed copy that carries its counters");
            case ORDERED_PIPELINING ->
                Support.absent(
                        "a message of several that are under way can be refused alone",
                        "nothing to do: one message of a key is under way at a time");
            case LEASE_EXTENSION ->
                Support.emulated(
                        "a delivery is held as long as its connection lives, up to the server's consumer_timeout");
            case EXACT_DELIVERIES, CRASH_COUNT ->
                Support.absent(
                        "the server also counts what waited for a consumer, or was on its way to it, when that ended",
                        "take the number for an upper bound");
            case ATOMIC_FORWARD, TRANSACTIONS ->
                Support.absent("RabbitMQ has no transactions over several queues", "use idempotent consumers");
            case PRIORITIES ->
                Support.absent(
                        "priorities of quorum queues are not the same in all versions",
                        "use a queue for each priority");
            case DEDUPLICATION -> Support.absent("ids are not compared", "use idempotent consumers");
            case BROWSE ->
                Support.absent(
                        "what is read from a queue is taken from it",
                        "use the server's management to look into queues");
            case REPLAY -> Support.absent("handled messages are deleted", "use a broker with a log");
        };
    }

    private static Support unordered(Spec spec, String how) {
        return spec.ordered()
                ? Support.absent("later messages of the key would overtake", "use a queue that is not ordered")
                : Support.emulated(how);
    }

    private static Limits limits(Spec spec, Settings settings) {
        Duration delay = spec.ordered() ? Duration.ZERO : DelayLadder.LONGEST;
        // A side that is silent for two heartbeats is dead; then the queue hands its messages out again.
        Duration crashDetection = settings.heartbeat().multipliedBy(2).plusSeconds(5);
        return new Limits(
                settings.maxMessageBytes(),
                delay,
                delay,
                LONGEST_LEASE,
                Integer.MAX_VALUE,
                Names.LONGEST,
                crashDetection,
                Duration.ZERO,
                crashDetection,
                Limits.UNLIMITED);
    }
}

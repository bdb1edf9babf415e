package io.anyqueue.inmemory.internal;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Limits;
import io.anyqueue.Support;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What the broker in one process can do (rule CAP-1). */
final class InMemoryCapabilities {
    private static final Support NOT_DURABLE = Support.absent(
            "messages are in one process's memory and end with it",
            "use a broker of its own, such as RabbitMQ or Kafka");
    private static final Support NO_REPLAY = Support.absent(
            "what was handled is not kept", "use a broker with a log, such as Kafka, for topics that are retained");
    private static final Support NO_DELAY_IN_ORDER = Support.absent(
            "a delayed message would be overtaken by later ones of its key", "use a destination without an order");
    private static final Support NO_PRIORITY_IN_ORDER =
            Support.absent("priorities contradict the order of a key", "use a destination without an order");
    private static final Support NO_DEDUPLICATION = Support.absent(
            "the setting " + Bounds.DEDUPLICATION + " is zero",
            "set it to how long ids are to be remembered, such as PT2M");

    private InMemoryCapabilities() {}

    static Capabilities of(Spec spec, Bounds bounds) {
        return new Capabilities("the in-memory broker", features(spec, bounds), limits(spec), LeaseModel.PER_DELIVERY);
    }

    private static Map<Feature, Support> features(Spec spec, Bounds bounds) {
        Map<Feature, Support> features = new EnumMap<>(Feature.class);
        for (Feature feature : Feature.values()) {
            features.put(feature, support(feature));
        }
        if (spec.ordered()) {
            features.put(Feature.DELAYED_SEND, NO_DELAY_IN_ORDER);
            features.put(Feature.PRIORITIES, NO_PRIORITY_IN_ORDER);
        }
        if (bounds.deduplication().isZero()) {
            features.put(Feature.DEDUPLICATION, NO_DEDUPLICATION);
        }
        return features;
    }

    private static Support support(Feature feature) {
        return switch (feature) {
            case ORDERED_KEYS,
                    ORDERED_PIPELINING,
                    COMPETING_CONSUMERS,
                    TOPICS,
                    DELAYED_SEND,
                    DELAYED_RELEASE,
                    ATTEMPTS_KEPT,
                    EXACT_DELIVERIES,
                    CRASH_COUNT,
                    STALE_FENCED,
                    LEASE_EXTENSION,
                    ATOMIC_FORWARD,
                    PRIORITIES,
                    DEDUPLICATION,
                    BROWSE,
                    TRANSACTIONS -> Support.NATIVE;
            case DURABLE -> NOT_DURABLE;
            case REPLAY -> NO_REPLAY;
        };
    }

    private static Limits limits(Spec spec) {
        return new Limits(
                spec.maxMessageBytes(),
                spec.ordered() ? Duration.ZERO : Limits.UNLIMITED,
                Limits.UNLIMITED,
                Limits.UNLIMITED,
                Integer.MAX_VALUE,
                Definition.MAX_NAME,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Limits.UNLIMITED);
    }
}

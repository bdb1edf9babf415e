package io.anyqueue.samples.table;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Limits;
import io.anyqueue.Support;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What a table can do. */
final class TableCapabilities {
    static final int LONGEST_NAME = 200;

    private TableCapabilities() {}

    static Capabilities of(Spec spec) {
        Map<Feature, Support> features = new EnumMap<>(Feature.class);
        for (Feature feature : Feature.values()) {
            features.put(feature, support(feature));
        }
        if (spec.ordered()) {
            features.put(
                    Feature.DELAYED_SEND,
                    Support.absent("a delayed message would be overtaken by its key", "use an unordered destination"));
        }
        return new Capabilities("the table broker", features, limits(spec), LeaseModel.PER_DELIVERY);
    }

    private static Support support(Feature feature) {
        return switch (feature) {
            case ORDERED_KEYS,
                    ORDERED_PIPELINING,
                    COMPETING_CONSUMERS,
                    DELAYED_SEND,
                    DELAYED_RELEASE,
                    ATTEMPTS_KEPT,
                    EXACT_DELIVERIES,
                    CRASH_COUNT,
                    STALE_FENCED,
                    LEASE_EXTENSION,
                    ATOMIC_FORWARD,
                    BROWSE -> Support.NATIVE;
            case TOPICS -> Support.emulated("a row for each subscription");
            case DURABLE -> Support.absent("the database is in memory", "use a broker of its own");
            case PRIORITIES -> Support.absent("rows are read by age", "use a queue for each priority");
            case DEDUPLICATION -> Support.absent("ids are not compared", "use an idempotent consumer");
            case REPLAY -> Support.absent("handled rows are deleted", "use a broker with a log");
            case TRANSACTIONS -> Support.absent("a delivery is settled by itself", "rely on ATOMIC_FORWARD");
        };
    }

    private static Limits limits(Spec spec) {
        return new Limits(
                spec.maxMessageBytes(),
                spec.ordered() ? Duration.ZERO : Limits.UNLIMITED,
                Limits.UNLIMITED,
                Limits.UNLIMITED,
                Integer.MAX_VALUE,
                LONGEST_NAME,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Limits.UNLIMITED);
    }
}

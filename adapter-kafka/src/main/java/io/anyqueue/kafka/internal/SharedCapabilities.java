package io.anyqueue.kafka.internal;

import io.anyqueue.Feature;
import io.anyqueue.Limits;
import io.anyqueue.Support;
import io.anyqueue.spi.Spec;
import java.time.Duration;

/** In what share groups differ from consumer groups (rule CAP-1). Stateless. */
final class SharedCapabilities {
    private SharedCapabilities() {}

    static Support support(Feature feature, Spec spec, Settings settings) {
        return switch (feature) {
            case ORDERED_KEYS -> Support.absent("share groups keep no order", "declare the queue ordered");
            case LEASE_EXTENSION, STALE_FENCED -> Support.NATIVE;
            case COMPETING_CONSUMERS ->
                TopicArguments.partitions(spec, settings.partitions()) == 1
                        ? Support.NATIVE
                        : Support.absent(
                                "the brokers assign a partition to some of the consumers only",
                                "let the topic have one partition");
            case REPLAY ->
                Support.absent(
                        "a new share group begins where the group is set to begin, at the end for a subscription",
                        "declare the subscription before what it is to have, or use consume=groups");
            case BROWSE ->
                Support.absent(
                        "the brokers do not tell which records of a share group are settled",
                        "consume what is to be browsed with consume=groups");
            case DELAYED_RELEASE -> Support.emulated("a confirmed copy that carries its counters");
            case ATTEMPTS_KEPT -> Support.emulated("what failed goes on as a confirmed copy that carries its counters");
            case EXACT_DELIVERIES, CRASH_COUNT ->
                Support.absent(
                        "the brokers count each lock of a record, and not why it ended: what was fetched and given back"
                                + " unread counts too",
                        "take the number for an estimate");
            case ATOMIC_FORWARD, TRANSACTIONS ->
                Support.absent(
                        "an acknowledgement to a share group is part of no transaction",
                        "use idempotent consumers, or consume=groups");
            default -> KafkaCapabilities.support(feature, spec);
        };
    }

    static Limits limits(Spec spec, Settings settings) {
        Limits groups = KafkaCapabilities.limits(spec, settings);
        // A lock is renewed at a third of its duration, and a dead member's ends by itself.
        Duration crash = spec.lease().compareTo(Duration.ofMinutes(1)) > 0 ? spec.lease() : Duration.ofMinutes(1);
        return new Limits(
                groups.maxBytes(),
                groups.maxDelay(),
                groups.maxRelease(),
                groups.maxLease(),
                groups.maxDeliveries(),
                groups.maxName(),
                crash,
                groups.subscriptionVisible(),
                groups.ackLoss(),
                groups.retention());
    }
}

package io.anyqueue.core.client;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.TopicSpec;
import io.anyqueue.core.config.Settings;
import io.anyqueue.core.send.MessageFactory;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.QueueEndpoint;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Turns what the application describes into what the adapter is asked, and refuses what the broker cannot keep. Stateless but
 * for its settings; safe for use by any thread.
 */
final class Destinations {
    private final Settings settings;
    private final Broker broker;

    Destinations(Settings settings, Broker broker) {
        this.settings = settings;
        this.broker = broker;
    }

    Spec queue(QueueSpec<?> queue) {
        String physical = settings.physicalName("queue", queue.name(), queue.physicalName());
        Spec spec = Spec.of(new QueueEndpoint(queue.name(), physical))
                .withOrdered(queue.key().isPresent())
                .withPriorities(queue.priorities())
                .withNativeArguments(settings.nativeArguments("queue", queue.name()));
        return checked(leased(spec), queue.toString());
    }

    Spec topic(TopicSpec<?> topic) {
        String physical = settings.physicalName("topic", topic.name(), topic.physicalName());
        Spec spec = Spec.of(new TopicEndpoint(topic.name(), physical))
                .withOrdered(topic.key().isPresent())
                .withNativeArguments(settings.nativeArguments("topic", topic.name()));
        return checked(leased(topic.retained().map(spec::withRetention).orElse(spec)), topic.toString());
    }

    Spec subscription(Spec topic, String name) {
        if (!(topic.endpoint() instanceof TopicEndpoint endpoint)) {
            throw new IllegalArgumentException("no topic: " + topic.endpoint());
        }
        SubscriptionEndpoint subscription = endpoint.subscription(name);
        return checked(topic.withEndpoint(subscription), "subscription " + subscription.name());
    }

    /** Dead letters are not ordered, and a little larger than the largest message of their source. */
    Spec deadLetters(Spec source) {
        Spec plain = leased(Spec.of(source.endpoint().deadLetters()).withPriorities(source.priorities()));
        return new Spec(
                plain.endpoint(),
                plain.ordered(),
                plain.shards(),
                plain.lease(),
                plain.retention(),
                plain.priorities(),
                source.maxMessageBytes() + MessageFactory.PROVENANCE_BYTES,
                plain.delays(),
                plain.nativeArguments());
    }

    /** What can be sent can also be dead-lettered, where the broker takes no more for that than for anything else. */
    long largestMessage(Spec spec) {
        long own = Math.min(
                spec.maxMessageBytes(), broker.capabilities(spec).limits().maxBytes());
        long letter = broker.capabilities(deadLetters(spec)).limits().maxBytes() - MessageFactory.PROVENANCE_BYTES;
        return Math.min(own, letter);
    }

    Capabilities capabilities(Spec spec) {
        return broker.capabilities(spec);
    }

    /** Of a broker whose leases are shorter than ours, the longest. */
    private Spec leased(Spec spec) {
        Capabilities capabilities = broker.capabilities(spec);
        Duration longest = capabilities.limits().maxLease();
        return capabilities.leases() == LeaseModel.PER_DELIVERY && longest.compareTo(spec.lease()) < 0
                ? spec.withLease(longest)
                : spec;
    }

    private Spec checked(Spec spec, String what) {
        Capabilities capabilities = broker.capabilities(spec);
        if (spec.ordered()) {
            capabilities.require(Feature.ORDERED_KEYS, what + " ordered by a key");
        }
        if (spec.priorities() > 1) {
            capabilities.require(Feature.PRIORITIES, what + " with " + spec.priorities() + " priorities");
        }
        if (!(spec.endpoint() instanceof QueueEndpoint)) {
            capabilities.require(Feature.TOPICS, what);
        }
        if (spec.retention().isPresent()) {
            capabilities.require(
                    Feature.REPLAY, what + " retained for " + spec.retention().get());
            checkRetention(spec.retention().get(), capabilities, what);
        }
        checkName(spec.endpoint().physicalName(), capabilities, what);
        if (!(spec.endpoint() instanceof TopicEndpoint)) {
            checkName(Endpoint.derive(spec.endpoint().physicalName(), Endpoint.DEAD_LETTERS), capabilities, what);
        }
        return spec;
    }

    private static void checkRetention(Duration asked, Capabilities capabilities, String what) {
        Duration limit = capabilities.limits().retention();
        if (asked.compareTo(limit) > 0) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    what + " asks for a retention of " + asked + ", the limit on " + capabilities.broker() + " is "
                            + limit);
        }
    }

    private static void checkName(String physical, Capabilities capabilities, String what) {
        int bytes = physical.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > capabilities.limits().maxName()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    what + ": the name '" + physical + "' has " + bytes + " bytes, the limit on "
                            + capabilities.broker() + " is "
                            + capabilities.limits().maxName());
        }
    }
}

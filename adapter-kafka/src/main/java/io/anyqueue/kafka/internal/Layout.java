package io.anyqueue.kafka.internal;

import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.QueueEndpoint;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import java.util.List;
import java.util.Optional;

/**
 * What an endpoint is on the broker. Immutable.
 *
 * @param endpoint the endpoint
 * @param ordered whether keys keep their order; then nothing is delayed
 * @param topic where its messages are
 * @param group who consumes it; a topic has none
 * @param only the subscription that messages are meant for; empty for all
 * @param onlyDelays whether the group consumes what waits for its time, and nothing else
 */
record Layout(
        Endpoint endpoint,
        boolean ordered,
        String topic,
        Optional<String> group,
        Optional<String> only,
        boolean onlyDelays) {
    static Layout of(Spec spec) {
        Endpoint endpoint = spec.endpoint();
        if (endpoint instanceof SubscriptionEndpoint subscription) {
            return new Layout(
                    endpoint,
                    spec.ordered(),
                    subscription.topic().physicalName(),
                    Optional.of(subscription.physicalName()),
                    Optional.of(subscription.subscription()),
                    false);
        }
        Optional<String> group =
                endpoint instanceof QueueEndpoint ? Optional.of(endpoint.physicalName()) : Optional.empty();
        return new Layout(endpoint, spec.ordered(), endpoint.physicalName(), group, Optional.empty(), false);
    }

    boolean isTopic() {
        return endpoint instanceof TopicEndpoint;
    }

    boolean isSubscription() {
        return endpoint instanceof SubscriptionEndpoint;
    }

    /** Where messages wait for their time. */
    String delayed() {
        return topic + Names.DELAYED;
    }

    /** What is there for ordered topics only. */
    String orderedMarker() {
        return topic + Names.ORDERED;
    }

    /** {@return all topics that a group consumes} */
    List<String> sources() {
        if (onlyDelays) {
            return List.of(delayed());
        }
        return ordered ? List.of(topic) : List.of(topic, delayed());
    }

    /** {@return what a group of its own consumes beside a share group, which has no order and so no delays} */
    Layout delays() {
        return new Layout(endpoint, ordered, topic, group.map(name -> name + Names.DELAYED), only, true);
    }
}

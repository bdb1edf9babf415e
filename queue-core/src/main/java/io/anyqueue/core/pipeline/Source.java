package io.anyqueue.core.pipeline;

import io.anyqueue.Capabilities;
import io.anyqueue.core.metrics.ConsumeMetrics;
import io.anyqueue.core.parking.ParkedKeys;
import io.anyqueue.core.request.Replies;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer consumes from.
 *
 * @param spec the queue or subscription
 * @param deadLetters where its dead letters go
 * @param capabilities what the broker can do for it
 * @param broker the broker it is on
 * @param time the clock
 * @param metrics what is counted for it
 * @param replies makes the replies to requests
 * @param parked its parked keys; null if it parks none
 */
public record Source(
        Spec spec,
        Spec deadLetters,
        Capabilities capabilities,
        Broker broker,
        TimeSource time,
        ConsumeMetrics metrics,
        Replies replies,
        @Nullable ParkedKeys parked) {
    public String name() {
        return spec.endpoint().name();
    }

    public boolean isSubscription() {
        return spec.endpoint() instanceof SubscriptionEndpoint;
    }
}

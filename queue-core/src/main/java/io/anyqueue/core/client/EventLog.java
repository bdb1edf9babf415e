package io.anyqueue.core.client;

import io.anyqueue.core.metrics.Meters;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.Endpoint;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs what an adapter reports; what repeats is logged once. Safe for use by any thread. */
final class EventLog implements BrokerEvents {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final Meters meters;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    EventLog(Meters meters) {
        this.meters = meters;
    }

    @Override
    public void unrouted(Endpoint.TopicEndpoint topic, int messages) {
        meters.send(topic.name()).unrouted.add(messages);
        if (warned.add(topic.name())) {
            LOG.warn(
                    "topic {} has no subscription: its messages are confirmed and reach nobody (counted, said once)",
                    topic.name());
        }
    }

    @Override
    public void lost(Endpoint endpoint, long messages, String why) {
        meters.consume(endpoint.name()).lostMessages.add(Math.max(1, messages));
        LOG.error("{}: {} messages were lost: {}", endpoint.name(), messages < 0 ? "some" : messages, why);
    }
}

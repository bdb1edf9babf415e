package io.anyqueue.kafka.internal;

import io.anyqueue.spi.Endpoint.TopicEndpoint;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports messages that a topic confirmed without having a subscription (rule SND-3). A log takes them all, so it asks for the groups,
 * every few seconds at most. Safe for use by any thread; waits for nothing.
 */
final class Unrouted {
    private static final Logger LOG = LoggerFactory.getLogger(Unrouted.class);
    private static final long ROUTED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Layout layout;
    private final Clients clients;
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long routedAtNanos;
    private volatile boolean routed;

    Unrouted(Layout layout, Clients clients) {
        this.layout = layout;
        this.clients = clients;
    }

    /** A message was confirmed. */
    void confirmed() {
        if (!layout.isTopic()) {
            return;
        }
        if (routed && clients.config().time().nanoTime() - routedAtNanos < ROUTED_NANOS) {
            return;
        }
        unknown.incrementAndGet();
        if (asking.compareAndSet(false, true)) {
            Timers.blocking(clients.config(), this::ask);
        }
    }

    private void ask() {
        try {
            String prefix = layout.topic() + "--";
            var unused = clients.admin()
                    .listGroups(ListGroupsOptions.forConsumerGroups())
                    .all()
                    .toCompletionStage()
                    .whenComplete((groups, failure) -> {
                        if (failure == null) {
                            answered(groups.stream().map(GroupListing::groupId).anyMatch(id -> id.startsWith(prefix)));
                        } else {
                            LOG.debug("the groups of {} are not known", layout.topic(), failure);
                        }
                        asking.set(false);
                    });
        } catch (RuntimeException e) {
            LOG.debug("the groups of {} are not known", layout.topic(), e);
            asking.set(false);
        }
    }

    private void answered(boolean any) {
        int messages = unknown.getAndSet(0);
        routed = any;
        routedAtNanos = clients.config().time().nanoTime();
        if (!any && messages > 0 && layout.endpoint() instanceof TopicEndpoint topic) {
            clients.config().events().unrouted(topic, messages);
        }
    }
}

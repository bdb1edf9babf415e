package io.anyqueue.core.client;

import io.anyqueue.core.send.Publisher;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The publishers for reply queues: those that were used latest, as clients that ask come and go, and names come from
 * messages. Safe for use by any thread.
 */
final class ReplyPublishers {
    private static final int MOST = 256;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Function<Spec, Publisher> factory;
    private final Map<String, Publisher> byName = new LinkedHashMap<>(16, 0.75f, true);

    ReplyPublishers(Function<Spec, Publisher> factory) {
        this.factory = factory;
    }

    synchronized Publisher publisher(Spec spec) {
        Publisher known = byName.get(spec.endpoint().name());
        if (known != null) {
            return known;
        }
        if (byName.size() >= MOST) {
            Map.Entry<String, Publisher> eldest = byName.entrySet().iterator().next();
            byName.remove(eldest.getKey());
            eldest.getValue().close(LIMIT);
        }
        Publisher opened = factory.apply(spec);
        byName.put(spec.endpoint().name(), opened);
        return opened;
    }

    synchronized List<Publisher> open() {
        return List.copyOf(byName.values());
    }
}

package io.anyqueue.core.client;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.config.SendSettings;
import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.request.ReplyFormat;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.core.send.SendGate;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What a client has opened: each destination is declared once, and has one publisher. A name is a queue or a topic, never
 * both. Safe for use by any thread.
 */
final class Registry {
    private final Broker broker;
    private final Declarations declarations;
    private final SendGate gate;
    private final SendSettings sendSettings;
    private final Meters meters;
    private final Threads threads;
    private final ConcurrentMap<String, Spec> opened = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Publisher> publishers = new ConcurrentHashMap<>();
    private final ReplyPublishers replies = new ReplyPublishers(spec -> newPublisher(spec, "*--replies"));

    Registry(Broker broker, Declarations declarations, SendSettings sendSettings, Meters meters, Threads threads) {
        this.broker = broker;
        this.declarations = declarations;
        this.gate = new SendGate(sendSettings, threads);
        this.sendSettings = sendSettings;
        this.meters = meters;
        this.threads = threads;
    }

    /** Declares what was not declared by this client yet; the same name described in another way is a CONFLICT. */
    synchronized void open(List<Spec> specs) {
        for (Spec spec : specs) {
            refuseOther(spec);
        }
        List<Spec> missing = specs.stream()
                .filter(spec -> !opened.containsKey(spec.endpoint().name()))
                .toList();
        if (!missing.isEmpty()) {
            declarations.declare(missing);
            missing.forEach(spec -> opened.put(spec.endpoint().name(), spec));
        }
    }

    private void refuseOther(Spec spec) {
        Spec known = opened.get(spec.endpoint().name());
        if (known == null || known.equals(spec)) {
            return;
        }
        String name = spec.endpoint().name();
        if (known.endpoint() instanceof TopicEndpoint != spec.endpoint() instanceof TopicEndpoint) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT, "'" + name + "' is open as a queue and a topic; a name is one of them");
        }
        throw new QueueException(
                ErrorCode.CONFLICT,
                "'" + name + "' is open already and was described in another way: have " + known + ", want " + spec);
    }

    /** Gives the publisher of a destination that is open. */
    Publisher publisher(Spec spec) {
        String destination = spec.endpoint().name();
        return ReplyFormat.isReplyQueue(destination)
                ? replies.publisher(spec)
                : publishers.computeIfAbsent(destination, name -> newPublisher(spec, name));
    }

    private Publisher newPublisher(Spec spec, String meteredAs) {
        return new Publisher(spec, broker.sender(spec), gate, sendSettings, meters.send(meteredAs), threads);
    }

    SendGate gate() {
        return gate;
    }

    Collection<Publisher> publishers() {
        List<Publisher> all = new ArrayList<>(publishers.values());
        all.addAll(replies.open());
        return all;
    }
}

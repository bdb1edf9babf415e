package io.anyqueue.core.client;

import io.anyqueue.Address;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageSource;
import io.anyqueue.MessageTopic;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.TopicSpec;
import io.anyqueue.core.codec.Codecs;
import io.anyqueue.core.codec.PayloadCodec;
import io.anyqueue.core.pipeline.Outlet;
import io.anyqueue.core.pipeline.OutletFinder;
import io.anyqueue.core.send.MessageFactory;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Spec;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** Opens queues, topics and subscriptions. Safe for use by any thread. */
final class Opener implements OutletFinder {
    private final DefaultQueueClient client;
    private final Destinations destinations;
    private final Registry registry;
    private final Codecs codecs;
    private final Broker broker;
    private final Threads threads;
    /** Specs are constants mostly, and handlers send to them once per message. */
    private final ConcurrentMap<String, Known> outlets = new ConcurrentHashMap<>();

    Opener(
            DefaultQueueClient client,
            Destinations destinations,
            Registry registry,
            Codecs codecs,
            Broker broker,
            Threads threads) {
        this.client = client;
        this.destinations = destinations;
        this.registry = registry;
        this.codecs = codecs;
        this.broker = broker;
        this.threads = threads;
    }

    <T> MessageQueue<T> queue(QueueSpec<T> queue) {
        Spec spec = destinations.queue(queue);
        PayloadCodec<T> codec = new PayloadCodec<>(queue.toString(), queue.type(), queue.types(), codecs);
        registry.open(List.of(spec));
        SourceParts<T> parts =
                new SourceParts<>(spec, List.of(), destinations.deadLetters(spec), codec, this, this::publisher);
        return new DefaultQueue<>(new Sending<>(outlet(queue, spec, codec)), new DefaultSource<>(client, parts));
    }

    <T> MessageTopic<T> topic(TopicSpec<T> topic) {
        Spec spec = destinations.topic(topic);
        PayloadCodec<T> codec = new PayloadCodec<>(topic.toString(), topic.type(), topic.types(), codecs);
        registry.open(List.of(spec));
        return new DefaultTopic<>(new Sending<>(outlet(topic, spec, codec)), name -> subscription(spec, codec, name));
    }

    private <T> MessageSource<T> subscription(Spec topic, PayloadCodec<T> codec, String name) {
        client.checkOpen();
        Spec spec = destinations.subscription(topic, TopicSpec.subscriptionName(name));
        return new DefaultSource<>(
                client,
                new SourceParts<>(spec, List.of(topic), destinations.deadLetters(spec), codec, this, this::publisher));
    }

    @Override
    public Publisher publisher(Spec spec) {
        return registry.publisher(spec);
    }

    private <T> Outlet<T> outlet(QueueSpec<T> queue, Spec spec, PayloadCodec<T> codec) {
        MessageFactory<T> factory = new MessageFactory<>(
                spec,
                destinations.capabilities(spec),
                codec,
                queue.key().orElse(null),
                threads.time(),
                destinations.largestMessage(spec));
        return new Outlet<>(factory, registry.publisher(spec), broker);
    }

    private <T> Outlet<T> outlet(TopicSpec<T> topic, Spec spec, PayloadCodec<T> codec) {
        MessageFactory<T> factory = new MessageFactory<>(
                spec,
                destinations.capabilities(spec),
                codec,
                topic.key().orElse(null),
                threads.time(),
                destinations.largestMessage(spec));
        return new Outlet<>(factory, registry.publisher(spec), broker);
    }

    @Override
    public <M> Outlet<M> find(Address<M> address) {
        if (address instanceof QueueSpec<M> queue) {
            return find("queue " + queue.name(), queue, () -> client.queue(queue));
        }
        if (address instanceof TopicSpec<M> topic) {
            return find("topic " + topic.name(), topic, () -> client.topic(topic));
        }
        return opened(address);
    }

    /** Another spec of the same name is opened, which refuses it if it differs; so names bound what is kept, not specs. */
    @SuppressWarnings("unchecked")
    private <M> Outlet<M> find(String name, Address<M> spec, Supplier<Address<M>> open) {
        Known known = outlets.get(name);
        if (known == null || known.spec() != spec) {
            known = new Known(spec, opened(open.get()));
            outlets.put(name, known);
        }
        // The same spec gave this outlet its type.
        return (Outlet<M>) known.outlet();
    }

    private record Known(Address<?> spec, Outlet<?> outlet) {}

    @SuppressWarnings("unchecked")
    private static <M> Outlet<M> opened(Address<M> address) {
        if (address instanceof Opened<?> opened) {
            // A queue or topic of M sends M.
            return (Outlet<M>) opened.sending().outlet();
        }
        throw new QueueException(
                ErrorCode.INVALID_ARGUMENT,
                "the address is no queue or topic of an Anyqueue client: " + address.getClass());
    }
}

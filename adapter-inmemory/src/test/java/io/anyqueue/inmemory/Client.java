package io.anyqueue.inmemory;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.StartAt;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** A client of the broker for tests, through the SPI alone. */
final class Client {
    final List<String> events = new ArrayList<>();
    final Broker broker;

    private int consumers;

    Client(BrokerConfig config) {
        this.broker = new InMemoryBrokerProvider().connect(config);
    }

    static Client on(VirtualTime time) {
        return on(time, "inmemory:", Map.of());
    }

    static Client on(VirtualTime time, String url, Map<String, String> settings) {
        return on(time, time, url, settings);
    }

    static Client on(TimeSource time, ScheduledExecutorService scheduler, String url, Map<String, String> settings) {
        Config config = new Config(BrokerUrl.parse(url), settings, time, scheduler, new Events());
        Client client = new Client(config);
        config.events.into = client.events;
        return client;
    }

    /** A client with credentials, which this broker does not take. */
    static Client secured(VirtualTime time) {
        BrokerUrl url =
                new BrokerUrl("inmemory", Optional.of(new Credentials("user", "secret")), List.of(), "", Map.of());
        return new Client(new Config(url, Map.of(), time, time, new Events()));
    }

    void declare(Spec... specs) {
        await(broker.topology().declare(List.of(specs), Topology.Mode.CREATE));
    }

    /** {@return for each message {@code confirmed} or the code of its refusal} */
    List<String> send(Spec target, Message... messages) {
        return send(broker.sender(target), messages);
    }

    static List<String> send(Sender sender, Message... messages) {
        List<String> results = new ArrayList<>();
        List<Pending> batch = Arrays.stream(messages).map(Pending::new).toList();
        sender.send(batch, new Sender.Results() {
            @Override
            public void confirmed(Sender.PendingSend send) {
                results.add("confirmed");
            }

            @Override
            public void rejected(Sender.PendingSend send, QueueException why) {
                results.add(why.code().name());
            }

            @Override
            public void unknown(Sender.PendingSend send, QueueException why) {
                results.add("unknown " + why.code());
            }
        });
        return results;
    }

    /** {@return a consumer whose window is open} */
    Consumer consumer(Spec source) {
        Consumer consumer = new Consumer();
        open(consumer, source);
        return consumer;
    }

    void open(Consumer consumer, Spec source) {
        consumer.receiver = broker.receiver(
                source, new ReceiverOptions("consumer-" + ++consumers, StartAt.now()), consumer.listener());
        consumer.receiver.window(1000, 1 << 20);
    }

    Topology.Description describe(Spec spec) {
        return await(broker.topology().describe(spec));
    }

    /** {@return ready, delayed and leased messages} */
    List<Long> counts(Spec spec) {
        Topology.Description found = describe(spec);
        return List.of(
                found.ready().orElseThrow().value(),
                found.delayed().orElseThrow().value(),
                found.leased().orElseThrow().value());
    }

    List<String> browse(Spec spec) {
        return await(broker.topology().browse(spec, null, 1000)).messages().stream()
                .map(Message::id)
                .toList();
    }

    void close() {
        await(broker.close(Duration.ofSeconds(1)));
    }

    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof QueueException failure ? failure : e;
        }
    }

    static Spec queue(String name) {
        return Spec.of(Endpoint.queue(name));
    }

    static Spec topic(String name) {
        return Spec.of(Endpoint.topic(name));
    }

    static Spec subscription(String topic, String name) {
        return Spec.of(Endpoint.topic(topic).subscription(name));
    }

    static Message message(String id) {
        return Message.builder(id).build();
    }

    static Message keyed(String id, String key) {
        return Message.builder(id).key(key).build();
    }

    private record Pending(Message message) implements Sender.PendingSend {}

    private static final class Events implements BrokerEvents {
        private List<String> into = new ArrayList<>();

        @Override
        public void unrouted(Endpoint.TopicEndpoint topic, int messages) {
            into.add("unrouted " + topic.name() + " " + messages);
        }

        @Override
        public void lost(Endpoint endpoint, long messages, String why) {
            into.add("lost " + endpoint.name());
        }
    }

    /** What a client gives its adapter. */
    record Config(
            BrokerUrl url,
            Map<String, String> nativeProperties,
            TimeSource time,
            ScheduledExecutorService scheduler,
            Events events)
            implements BrokerConfig {
        @Override
        public Optional<Credentials> credentials() {
            return Optional.empty();
        }

        @Override
        public TlsOptions tls() {
            return TlsOptions.DEFAULT;
        }

        @Override
        public Executor executor() {
            return Runnable::run;
        }
    }
}

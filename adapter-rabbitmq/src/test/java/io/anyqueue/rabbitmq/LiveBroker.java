package io.anyqueue.rabbitmq;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.StartAt;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The adapter without the runtime: connected as the runtime does, with threads of its own. Safe for use by any thread. */
@SuppressWarnings("try") // tests may be interrupted
final class LiveBroker implements BrokerConfig, BrokerEvents, AutoCloseable {
    private final BrokerUrl url;
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final AtomicInteger unrouted = new AtomicInteger();
    private final LeapingClock clock = new LeapingClock();
    private final Broker broker;

    LiveBroker(String url) {
        this.url = BrokerUrl.parse(url);
        scheduler.setRemoveOnCancelPolicy(true);
        this.broker = new RabbitMqBrokerProvider().connect(this);
    }

    /** A message, and what becomes of it. */
    record Sending(Message message, CompletableFuture<String> result) implements Sender.PendingSend {}

    Broker spi() {
        return broker;
    }

    void declare(Spec... specs) {
        broker.topology()
                .declare(List.of(specs), Topology.Mode.CREATE)
                .toCompletableFuture()
                .join();
    }

    /** {@return the result: "confirmed", "rejected CODE" or "unknown CODE"} */
    static CompletableFuture<String> send(Sender sender, Message message) {
        Sending sending = new Sending(message, new CompletableFuture<>());
        sender.send(List.of(sending), new Sender.Results() {
            @Override
            public void confirmed(Sender.PendingSend send) {
                sending.result().complete("confirmed");
            }

            @Override
            public void rejected(Sender.PendingSend send, QueueException why) {
                sending.result().complete("rejected " + why.code());
            }

            @Override
            public void unknown(Sender.PendingSend send, QueueException why) {
                sending.result().complete("unknown " + why.code());
            }
        });
        return sending.result();
    }

    Receiver receive(Spec source, ReceiverListener listener) {
        return broker.receiver(
                source, new ReceiverOptions("test-" + source.endpoint().name(), StartAt.now()), listener);
    }

    /** Has the adapter believe that so much time has passed; tasks that wait for their time go on waiting. */
    void leap(Duration ahead) {
        clock.leap(ahead);
    }

    /** {@return how many tasks wait for their time} */
    int timers() {
        return scheduler.getQueue().size();
    }

    int unrouted() {
        return unrouted.get();
    }

    @Override
    public BrokerUrl url() {
        return url;
    }

    @Override
    public Map<String, String> nativeProperties() {
        return Map.of();
    }

    @Override
    public Optional<Credentials> credentials() {
        return url.credentials();
    }

    @Override
    public TlsOptions tls() {
        return TlsOptions.DEFAULT;
    }

    @Override
    public TimeSource time() {
        return clock;
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return scheduler;
    }

    @Override
    public ExecutorService executor() {
        return executor;
    }

    @Override
    public BrokerEvents events() {
        return this;
    }

    @Override
    public void unrouted(Endpoint.TopicEndpoint topic, int messages) {
        unrouted.addAndGet(messages);
    }

    @Override
    public void lost(Endpoint endpoint, long messages, String why) {
        throw new CompletionException("lost " + messages + " of " + endpoint.name() + ": " + why, null);
    }

    @Override
    public void close() throws Exception {
        broker.close(Duration.ofSeconds(10)).toCompletableFuture().get(20, TimeUnit.SECONDS);
        scheduler.shutdownNow();
        executor.shutdownNow();
    }
}

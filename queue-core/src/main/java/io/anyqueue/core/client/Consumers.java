package io.anyqueue.core.client;

import io.anyqueue.Health;
import io.anyqueue.KeyParking;
import io.anyqueue.core.consume.ConsumerPlan;
import io.anyqueue.core.consume.RunningConsumer;
import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.parking.ParkedKeys;
import io.anyqueue.core.pipeline.Handling;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.core.request.Replies;
import io.anyqueue.core.threads.Nanos;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running consumers of a client. Safe for use by any thread. */
final class Consumers {
    private static final Logger LOG = LoggerFactory.getLogger(Consumers.class);
    /** What stopping a consumer may take beyond the grace period of its handlers: moves, settlements, closing. */
    private static final Duration STOP_MARGIN = Duration.ofSeconds(30);

    private final Registry registry;
    private final Broker broker;
    private final Threads threads;
    private final Meters meters;
    private final Replies replies;
    private final ConcurrentMap<String, ParkedKeys> parkedKeys = new ConcurrentHashMap<>();
    private final Set<RunningConsumer> running = ConcurrentHashMap.newKeySet();

    Consumers(Registry registry, Broker broker, Threads threads, Meters meters, Replies replies) {
        this.replies = replies;
        this.registry = registry;
        this.broker = broker;
        this.threads = threads;
        this.meters = meters;
    }

    RunningConsumer start(SourceParts<?> parts, ConsumerPlan plan, Handling handling) {
        Spec spec = parts.spec();
        registry.open(parts.all());
        String name = spec.endpoint().name();
        KeyParking store = plan.parking();
        ParkedKeys parked = store == null ? null : new ParkedKeys(spec, store, parts.publishers());
        if (parked != null) {
            parkedKeys.put(name, parked);
            meters.gauge("q.parked", name, parked, ParkedKeys::count);
        }
        Source source = new Source(
                spec,
                parts.deadLetters(),
                broker.capabilities(spec),
                broker,
                threads.time(),
                meters.consume(name),
                replies,
                parked);
        RunningConsumer[] self = new RunningConsumer[1];
        RunningConsumer consumer = new RunningConsumer(
                source, plan, handling, parts.outlets(), threads, parts.publishers(), () -> running.remove(self[0]));
        self[0] = consumer;
        running.add(consumer);
        meters.gauge("q.inflight", name, this, all -> all.held(name));
        meters.gauge("q.progress.age", name, this, all -> all.progressAge(name));
        return consumer;
    }

    /** {@return the parked keys of a source: where its consumer of this client keeps them, else where the broker does} */
    Optional<ParkedKeys> parked(SourceParts<?> parts) {
        if (!parts.spec().ordered()) {
            return Optional.empty();
        }
        ParkedKeys known = parkedKeys.get(parts.spec().endpoint().name());
        return known == null
                ? broker.parking().map(store -> new ParkedKeys(parts.spec(), store, parts.publishers()))
                : Optional.of(known);
    }

    /** Of the one that is worst off, in seconds. */
    private double progressAge(String source) {
        return running.stream()
                .filter(consumer -> consumer.name().equals(source))
                .mapToDouble(RunningConsumer::progressAge)
                .max()
                .orElse(0);
    }

    private int held(String source) {
        return running.stream()
                .filter(consumer -> consumer.name().equals(source))
                .mapToInt(RunningConsumer::held)
                .sum();
    }

    /** From a handler that closes the client: nothing may be started after it. */
    void startNoMore() {
        running.forEach(RunningConsumer::startNoMore);
    }

    /** All at once: each of them waits for its own handlers. */
    void stop(Duration grace) {
        List<CompletionStage<Void>> stoppers = new ArrayList<>();
        List<RunningConsumer> all = List.copyOf(running);
        for (int i = 1; i < all.size(); i++) {
            RunningConsumer consumer = all.get(i);
            stoppers.add(threads.inBackground("anyqueue-stop-" + consumer.name(), () -> consumer.stop(grace)));
        }
        if (!all.isEmpty()) {
            all.get(0).stop(grace);
        }
        Duration limit = Duration.ofNanos(Nanos.of(grace)).plus(STOP_MARGIN);
        stoppers.forEach(stopper -> join(stopper, limit));
    }

    private void join(CompletionStage<Void> stopper, Duration limit) {
        try {
            threads.await(stopper, limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("a consumer could not be stopped within {} and is left behind", limit, e);
        }
    }

    Health health(Health broker) {
        Health.Status worst = broker.status();
        List<String> notes = new ArrayList<>(broker.notes());
        for (RunningConsumer consumer : running) {
            Health health = consumer.health();
            notes.addAll(health.notes());
            worst = worst.compareTo(health.status()) >= 0 ? worst : health.status();
        }
        return new Health(worst, notes);
    }
}

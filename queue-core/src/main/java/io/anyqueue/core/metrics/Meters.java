package io.anyqueue.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a client, by destination; without a registry everything is counted all the same and read by nobody. The
 * registry reads our adders, so that a message costs no meter call. Safe for use by any thread.
 */
public final class Meters implements AutoCloseable {
    private final @Nullable MeterRegistry registry;
    private final ConcurrentMap<String, SendMetrics> sends = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ConsumeMetrics> consumes = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, RequestMetrics> requests = new ConcurrentHashMap<>();
    private final Set<String> gauges = ConcurrentHashMap.newKeySet();
    private final List<Meter> registered = new ArrayList<>();

    /** Registers with a registry if there is one. */
    public Meters(Optional<MeterRegistry> registry) {
        this.registry = registry.orElse(null);
    }

    public SendMetrics send(String destination) {
        return sends.computeIfAbsent(destination, this::newSend);
    }

    public ConsumeMetrics consume(String source) {
        return consumes.computeIfAbsent(source, this::newConsume);
    }

    /** Registers a gauge of one source, once: a registry warns of a second one. */
    public <S> void gauge(String name, String source, S state, ToDoubleFunction<S> value) {
        if (registry != null && gauges.add(name + ' ' + source)) {
            keep(Gauge.builder(name, state, value)
                    .tag("source", source)
                    .strongReference(true)
                    .register(registry));
        }
    }

    public RequestMetrics request(String destination) {
        return requests.computeIfAbsent(destination, this::newRequest);
    }

    /** {@return a counter of replies for which nobody waits: late, repeated or unknown} To be asked for once, by who asks. */
    public LongAdder repliesDropped() {
        LongAdder dropped = new LongAdder();
        counter("q.replies.dropped", dropped);
        return dropped;
    }

    private RequestMetrics newRequest(String destination) {
        RequestMetrics metrics = new RequestMetrics();
        counter("q.requests", "destination", destination, "result", "answered", metrics.answered);
        counter("q.requests", "destination", destination, "result", "failed", metrics.failed);
        counter("q.requests", "destination", destination, "result", "timed-out", metrics.timedOut);
        return metrics;
    }

    private SendMetrics newSend(String destination) {
        SendMetrics metrics = new SendMetrics();
        String sent = "messaging.client.sent.messages";
        counter(sent, "destination", destination, "result", "confirmed", metrics.confirmed);
        counter(sent, "destination", destination, "result", "rejected", metrics.rejected);
        counter(sent, "destination", destination, "result", "unconfirmed", metrics.unconfirmed);
        counter("q.send.resent", "destination", destination, "reason", "unknown", metrics.resent);
        counter("q.send.gate.waits", "destination", destination, "reason", "full", metrics.gateWaits);
        counter("q.send.unrouted", "destination", destination, "reason", "no-subscription", metrics.unrouted);
        return metrics;
    }

    private ConsumeMetrics newConsume(String source) {
        ConsumeMetrics metrics = new ConsumeMetrics();
        counter("messaging.client.consumed.messages", "source", source, "result", "delivered", metrics.received);
        outcome(source, "acknowledged", metrics.acknowledged);
        outcome(source, "retried", metrics.retried);
        outcome(source, "released", metrics.released);
        outcome(source, "dead-lettered", metrics.deadLettered);
        outcome(source, "parked", metrics.parked);
        outcome(source, "dropped", metrics.dropped);
        outcome(source, "expired", metrics.expired);
        outcome(source, "skipped", metrics.skipped);
        outcome(source, "duplicate", metrics.duplicates);
        trouble(source, "stale", metrics.stale);
        trouble(source, "lost-lease", metrics.lost);
        trouble(source, "lost-message", metrics.lostMessages);
        trouble(source, "settle-unknown", metrics.settleUnknown);
        trouble(source, "dead-letter-failed", metrics.deadLetterFailures);
        trouble(source, "timeout", metrics.timeouts);
        trouble(source, "reply-dropped", metrics.repliesDropped);
        trouble(source, "idempotency-fenced", metrics.fenced);
        counter("q.dlq.redriven", metrics.redriven, "source", source);
        counter("q.dlq.discarded", metrics.discarded, "source", source);
        if (registry != null) {
            keep(FunctionTimer.builder(
                            "messaging.process.duration",
                            metrics,
                            m -> m.runs.sum(),
                            m -> m.runNanos.sum(),
                            TimeUnit.NANOSECONDS)
                    .tag("source", source)
                    .register(registry));
        }
        return metrics;
    }

    private void outcome(String source, String outcome, LongAdder adder) {
        counter("q.outcomes", "source", source, "outcome", outcome, adder);
    }

    private void trouble(String source, String kind, LongAdder adder) {
        counter("q.trouble", "source", source, "kind", kind, adder);
    }

    private void counter(String name, String tag, String value, String secondTag, String secondValue, LongAdder adder) {
        counter(name, adder, tag, value, secondTag, secondValue);
    }

    private void counter(String name, LongAdder adder, String... tags) {
        if (registry != null) {
            keep(FunctionCounter.builder(name, adder, LongAdder::sum).tags(tags).register(registry));
        }
    }

    private synchronized void keep(Meter meter) {
        registered.add(meter);
    }

    /** The registry is the application's and outlives the client: leave nothing behind in it. */
    @Override
    public synchronized void close() {
        if (registry != null) {
            registered.forEach(registry::remove);
            registered.clear();
        }
    }
}

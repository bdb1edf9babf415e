package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static io.anyqueue.conformance.kit.Clients.withShortLeases;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Endpoint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Consuming with a client: who gets a message, for how long, and what the handler is told. */
final class ConsumeCases {
    private ConsumeCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "RCV-1/clients-share",
                        "Two clients share a queue: each message is handled by one of them, once",
                        with(ConsumeCases::clientsShare)),
                Case.of(
                        "RCV-1/queues-are-apart",
                        "Two queues of one client are not mixed",
                        with(ConsumeCases::queuesApart)),
                Case.of(
                        "RCV-2/before-the-first-consumer",
                        "A queue keeps what was sent before its first consumer",
                        with(ConsumeCases::beforeConsumer)),
                Case.of(
                        "RCV-3/long-handler",
                        "A handler that runs much longer than the lease runs once",
                        withShortLeases(ConsumeCases::longHandler)),
                Case.of(
                        "RCV-3/time-out",
                        "A handler that runs too long is told and interrupted, and has used an attempt",
                        with(ConsumeCases::timeOut)),
                Case.of(
                                "RCV-4/crash-in-handler",
                                "When a client crashes, another runs what it ran, and its handler is told",
                                withShortLeases(ConsumeCases::crash))
                        .needs(Means.CLIENT_CRASH),
                Case.of(
                        "RCV-5/counters",
                        "Attempts and deliveries begin with 1 and rise over retries",
                        with(ConsumeCases::counters)),
                Case.of(
                        "RCV-6/slow-handlers",
                        "What waits behind slow handlers for longer than the lease is handled once",
                        withShortLeases(ConsumeCases::slowHandlers)),
                Case.of(
                                "RCV-7/foreign",
                                "Messages of foreign programs are handled raw, each with an id that stays",
                                with(ConsumeCases::foreign))
                        .needs(Means.NATIVE_ACCESS));
    }

    private static void clientsShare(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        Runs runs = clients.runs();
        clients.start(clients.another().queue(spec).consumer().concurrency(3), runs);
        clients.start(clients.another().queue(spec).consumer().concurrency(3), runs);
        List<String> payloads = numbered("m", 300);
        clients.sendAll(clients.client().queue(spec), payloads);
        runs.exactly(payloads);
        assertThat(runs.all()).allMatch(run -> run.attempt() == 1);
    }

    private static void queuesApart(Clients clients) {
        QueueClient client = clients.client();
        MessageQueue<String> a = client.queue(clients.queue());
        MessageQueue<String> b = client.queue(clients.queue());
        Runs fromA = clients.runs();
        Runs fromB = clients.runs();
        clients.start(a.consumer(), fromA);
        clients.start(b.consumer(), fromB);
        for (int i = 0; i < 10; i++) {
            clients.send(a, "a" + i);
            clients.send(b, "b" + i);
        }
        fromA.exactly(numbered("a", 10));
        fromB.exactly(numbered("b", 10));
    }

    private static void beforeConsumer(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        QueueClient sender = clients.another();
        clients.sendAll(sender.queue(spec), numbered("m", 10));
        QueueClient later = clients.another();
        sender.close();
        Runs runs = clients.runs();
        clients.start(later.queue(spec).consumer(), runs);
        runs.exactly(numbered("m", 10));
    }

    private static void needExtension(Clients clients) {
        Capabilities capabilities = clients.client().capabilities();
        if (capabilities.leases() == LeaseModel.PER_DELIVERY && !capabilities.has(Feature.LEASE_EXTENSION)) {
            throw new NotSupported("leases are not prolonged on " + capabilities.broker());
        }
    }

    private static void longHandler(Clients clients) {
        needExtension(clients);
        QueueSpec<String> spec = clients.queue();
        Trial trial = clients.trial();
        Duration lease = trial.adapter().lease();
        Runs slow = clients.runs((payload, context) ->
                Thread.sleep(lease.multipliedBy(5).dividedBy(2).toMillis()));
        Runs other = clients.runs();
        clients.start(clients.client().queue(spec).consumer(), slow);
        clients.send(clients.client().queue(spec), "slow");
        slow.await(1);
        clients.start(clients.another().queue(spec).consumer(), other);
        trial.eventually(
                "the handler returns",
                lease.multipliedBy(3).plus(Trial.SIGNAL),
                () -> !slow.handled().isEmpty());
        slow.exactly("slow");
        assertThat(other.all()).as("runs at the other client").isEmpty();
    }

    private static void timeOut(Clients clients) {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        Runs runs = clients.runs((payload, context) -> {
            if (context.attempt() > 1) {
                return;
            }
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                told.add("stopping=" + context.stopping());
                throw e;
            }
        });
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        clients.start(
                queue.consumer()
                        .timeout(Duration.ofMillis(300))
                        .retry(RetryPolicy.none().inPlace(1)),
                runs);
        clients.send(queue, "x");
        runs.await(2);
        runs.noMore();
        assertThat(told).containsExactly("stopping=true");
        assertThat(runs.attempts("x")).containsExactly(1, 2);
    }

    private static void crash(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        Queue<String> told = new ConcurrentLinkedQueue<>();
        var end = clients.latch();
        QueueClient crashing = clients.another();
        Runs first = clients.runs((payload, context) -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                told.add("stopping=" + context.stopping());
                throw e;
            }
        });
        MessageConsumer consumer = clients.start(crashing.queue(spec).consumer(), first);
        clients.send(clients.client().queue(spec), "x");
        first.await(1);
        // A dead process would not take it again itself.
        consumer.pause();
        clients.crash(crashing);
        Runs second = clients.runs();
        clients.start(clients.another().queue(spec).consumer(), second);
        Duration lease = clients.trial().adapter().lease();
        Duration recovery = clients.trial()
                .recovery(io.anyqueue.spi.Spec.of(Endpoint.queue(spec.name())).withLease(lease));
        second.await(1, recovery.plus(Duration.ofSeconds(1)));
        assertThat(second.all().get(0).deliveries())
                .as("deliveries after a crash")
                .isGreaterThan(1);
        assertThat(second.all().get(0).attempt()).as("attempt: a crash is none").isEqualTo(1);
        second.noMore();
        clients.trial()
                .eventually(
                        "the handler that lost its message is told",
                        recovery.plus(Trial.SIGNAL),
                        () -> !told.isEmpty());
        assertThat(told).containsExactly("stopping=true");
    }

    private static void counters(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            if (context.attempt() < 4) {
                throw new IllegalStateException("not yet");
            }
        });
        clients.start(
                queue.consumer()
                        .retry(RetryPolicy.delays(Duration.ofMillis(100), Duration.ofMillis(100))
                                .inPlace(1)),
                runs);
        clients.send(queue, "x");
        runs.await(4);
        runs.noMore();
        assertThat(runs.attempts("x")).containsExactly(1, 2, 3, 4);
        List<Integer> deliveries = runs.all().stream().map(Runs.Run::deliveries).toList();
        assertThat(deliveries).as("deliveries").isSorted();
        assertThat(deliveries.get(0)).as("first delivery").isEqualTo(1);
        if (clients.client().capabilities().has(Feature.EXACT_DELIVERIES)) {
            assertThat(deliveries).as("a retry in place, and two delayed ones").containsExactly(1, 1, 2, 3);
        }
    }

    private static void slowHandlers(Clients clients) {
        needExtension(clients);
        QueueSpec<String> spec = clients.queue();
        Duration lease = clients.trial().adapter().lease();
        Runs runs = clients.runs((payload, context) -> {
            if (payload.startsWith("slow")) {
                Thread.sleep(lease.dividedBy(2).toMillis());
            }
        });
        MessageQueue<String> queue = clients.client().queue(spec);
        List<String> payloads = new ArrayList<>(numbered("fast", 60));
        payloads.addAll(numbered("slow", 5));
        payloads.addAll(numbered("last", 20));
        clients.sendAll(queue, payloads);
        clients.start(queue.consumer(), runs);
        clients.trial()
                .eventually(
                        "all are handled",
                        lease.multipliedBy(3).plus(Trial.SIGNAL),
                        () -> runs.handled().size() >= payloads.size());
        runs.exactly(payloads);
        if (clients.client().capabilities().has(Feature.EXACT_DELIVERIES)) {
            assertThat(runs.all())
                    .allSatisfy(
                            run -> assertThat(run.deliveries()).as("%s", run).isEqualTo(1));
        }
    }

    private static void foreign(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        var natively = clients.trial().adapter().nativeAccess();
        Endpoint endpoint = Endpoint.queue(spec.name());
        natively.write(endpoint, Map.of(), "plain".getBytes(StandardCharsets.UTF_8));
        natively.write(
                endpoint,
                Map.of("q-attempts", "many", "q-priority", "-", "tenant", "a"),
                "broken".getBytes(StandardCharsets.UTF_8));
        Runs runs = clients.runs((payload, context) -> {
            if (context.attempt() == 1) {
                throw new IllegalStateException("not yet");
            }
        });
        clients.start(queue.consumer().retry(RetryPolicy.delays(Duration.ofMillis(100))), runs);
        runs.await(4);
        runs.noMore();
        for (String payload : List.of("plain", "broken")) {
            assertThat(runs.attempts(payload)).as("attempts of " + payload).containsExactly(1, 2);
            List<String> ids =
                    runs.of(payload).stream().map(Runs.Run::id).distinct().toList();
            assertThat(ids).as("ids of " + payload).hasSize(1).doesNotContain("");
        }
    }
}

package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueSpec;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** How much a consumer takes and runs (rules BKP-1, BKP-2, BKP-4). */
final class FlowCases {
    /** How many a consumer of two handlers that hang may have fetched beside what it runs. */
    private static final int BUFFERED = 50;

    private FlowCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                                "BKP-1/slow-takes-little",
                                "A consumer whose handlers hang leaves the rest to another",
                                with(clients -> slowTakesLittle(clients, true)))
                        .needs(Feature.COMPETING_CONSUMERS, with(clients -> slowTakesLittle(clients, false))),
                Case.of("BKP-1/backlog", "A backlog of 3,000 messages is handled, each once", with(FlowCases::backlog)),
                Case.of(
                        "BKP-2/one-is-serial",
                        "A concurrency of one is one at a time, in the order of the queue",
                        with(FlowCases::serial)),
                Case.of("BKP-2/many", "A concurrency of six runs six at once, and not more", with(FlowCases::many)),
                Case.of(
                        "BKP-2/up-and-down",
                        "Concurrency can be raised, lowered and raised while running",
                        with(FlowCases::upAndDown)),
                Case.of(
                        "BKP-4/pause",
                        "A paused consumer starts nothing, its running handler goes on, and it resumes",
                        with(FlowCases::pause)),
                Case.of(
                        "BKP-4/paused-gives-back",
                        "What a paused consumer had fetched is not lost",
                        with(FlowCases::pausedUnderLoad)),
                Case.of(
                        "BKP-4/starts-paused",
                        "A consumer that is started paused handles nothing until it resumes",
                        with(FlowCases::startsPaused)),
                Case.of(
                        "BKP-2/disabled",
                        "A consumer that is switched off from outside handles nothing",
                        with(FlowCases::disabled)));
    }

    /** @param competing whether the other gets what waits while the first hangs; else it may have to wait for that one */
    private static void slowTakesLittle(Clients clients, boolean competing) {
        QueueSpec<String> spec = clients.queue();
        var end = clients.latch();
        Runs hanging = clients.runs((payload, context) -> end.await());
        MessageQueue<String> queue = clients.client().queue(spec);
        clients.start(clients.another().queue(spec).consumer().concurrency(2), hanging);
        clients.send(queue, "h0", "h1");
        hanging.await(2);
        List<String> rest = numbered("m", 300);
        clients.sendAll(queue, rest);
        Runs other = clients.runs();
        clients.start(clients.another().queue(spec).consumer().concurrency(2), other);
        if (competing) {
            clients.trial()
                    .eventually(
                            () -> "the other client handles all but the few that the hanging one has in its buffer, "
                                    + "missing "
                                    + (rest.size() - other.handled().size()),
                            Trial.SIGNAL,
                            () -> other.handled().size() >= rest.size() - BUFFERED);
        }
        assertThat(hanging.payloads()).containsExactlyInAnyOrder("h0", "h1");
        end.countDown();
        clients.trial()
                .eventually(
                        () -> "all are handled, there are " + other.handled() + " and " + hanging.handled(),
                        Trial.SIGNAL,
                        () -> other.handled().size() + hanging.handled().size() >= rest.size() + 2);
        other.noMore();
        List<String> all = new ArrayList<>(rest);
        all.addAll(List.of("h0", "h1"));
        List<String> handled = new ArrayList<>(other.handled());
        handled.addAll(hanging.handled());
        assertThat(handled).containsExactlyInAnyOrderElementsOf(all);
    }

    private static void backlog(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        List<String> payloads = numbered("m", 3_000);
        clients.sendAll(queue, payloads);
        Runs runs = clients.runs();
        clients.start(queue.consumer().concurrency(8), runs);
        clients.trial()
                .eventually(
                        () -> "3000 are handled, there are " + runs.handled().size(),
                        Trial.SIGNAL.multipliedBy(3),
                        () -> runs.handled().size() >= 3_000);
        runs.exactly(payloads);
    }

    private static void serial(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        List<String> payloads = numbered("m", 100);
        clients.sendAll(queue, payloads);
        Runs runs = clients.runs((payload, context) -> Thread.sleep(1));
        clients.start(queue.consumer(), runs);
        runs.exactly(payloads);
        assertThat(runs.mostAtOnce()).isEqualTo(1);
    }

    private static void many(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        var end = clients.latch();
        clients.sendAll(queue, numbered("m", 40));
        Runs runs = clients.runs((payload, context) -> end.await());
        clients.start(queue.consumer().concurrency(6), runs);
        runs.await(6);
        runs.noMore();
        assertThat(runs.running()).isEqualTo(6);
        end.countDown();
        runs.exactly(numbered("m", 40));
        assertThat(runs.mostAtOnce()).isEqualTo(6);
    }

    private static void upAndDown(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        AtomicInteger permits = new AtomicInteger();
        // Each run waits for a permit of its own.
        Runs runs = clients.runs((payload, context) -> {
            while (permits.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                Thread.sleep(2);
            }
        });
        MessageConsumer consumer = clients.start(queue.consumer().concurrency(2), runs);
        clients.sendAll(queue, numbered("m", 60));
        awaitRunning(clients, runs, 2);
        consumer.concurrency(5);
        awaitRunning(clients, runs, 5);
        consumer.concurrency(1);
        permits.set(4);
        awaitRunning(clients, runs, 1);
        int before = runs.all().size();
        permits.set(3);
        clients.trial()
                .eventually(
                        "three more run, one after the other",
                        Trial.SIGNAL,
                        () -> runs.all().size() == before + 3);
        assertThat(runs.running()).isEqualTo(1);
        consumer.concurrency(4);
        awaitRunning(clients, runs, 4);
        permits.set(1000);
        runs.exactly(numbered("m", 60));
        assertThat(runs.mostAtOnce()).isEqualTo(5);
    }

    /** And no more than that. */
    private static void awaitRunning(Clients clients, Runs runs, int count) {
        clients.trial()
                .eventually(
                        () -> count + " run, there are " + runs.running(), Trial.SIGNAL, () -> runs.running() == count);
        runs.noMore();
        assertThat(runs.running()).isEqualTo(count);
    }

    private static void pause(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("running")) {
                end.await();
            }
        });
        MessageConsumer consumer = clients.start(queue.consumer(), runs);
        clients.send(queue, "running");
        runs.await(1);
        consumer.pause();
        assertThat(consumer.health().status()).isEqualTo(Health.Status.DEGRADED);
        clients.send(queue, "waits");
        end.countDown();
        clients.trial()
                .eventually(
                        "the running handler ends",
                        Trial.SIGNAL,
                        () -> runs.handled().size() == 1);
        runs.noMore();
        consumer.resume();
        runs.exactly("running", "waits");
        assertThat(consumer.health().status()).isEqualTo(Health.Status.UP);
    }

    private static void pausedUnderLoad(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        List<String> payloads = numbered("m", 600);
        clients.sendAll(queue, payloads);
        Runs runs = clients.runs((payload, context) -> Thread.sleep(1));
        MessageConsumer consumer = clients.start(queue.consumer().concurrency(2), runs);
        for (int i = 0; i < 5; i++) {
            runs.await(20 * (i + 1));
            consumer.pause();
            clients.trial().pass(Trial.SILENCE.dividedBy(10));
            consumer.resume();
        }
        clients.trial()
                .eventually(
                        () -> "600 are handled, there are " + runs.handled().size(),
                        Trial.SIGNAL.multipliedBy(2),
                        () -> runs.handled().size() >= 600);
        runs.exactly(payloads);
    }

    private static void startsPaused(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs();
        MessageConsumer consumer = clients.start(queue.consumer().startPaused(), runs);
        clients.send(queue, "x");
        runs.noMore();
        assertThat(runs.all()).isEmpty();
        consumer.resume();
        runs.exactly("x");
    }

    private static void disabled(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.connect(Map.of("anyqueue.consumer." + spec.name() + ".enabled", "false"))
                .queue(spec);
        Runs off = clients.runs();
        MessageConsumer consumer = clients.start(queue.consumer(), off);
        Runs on = clients.runs();
        clients.start(clients.client().queue(spec).consumer(), on);
        clients.sendAll(queue, numbered("m", 10));
        on.exactly(numbered("m", 10));
        assertThat(off.all()).isEmpty();
        assertThat(consumer.stop(Trial.SIGNAL)).isTrue();
    }
}

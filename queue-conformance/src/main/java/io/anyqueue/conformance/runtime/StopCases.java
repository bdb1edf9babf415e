package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Stopping a consumer (rule LIF-1): what runs has its grace, what does not goes to others, and nothing is lost. */
final class StopCases {
    private StopCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "LIF-1/waits-for-the-handler",
                        "Stop waits for the running handler, and its message is not handled again",
                        with(StopCases::waits)),
                Case.of(
                        "LIF-1/nothing-runs-after",
                        "When stop has returned nothing runs, nothing starts, and nothing was lost",
                        with(StopCases::nothingRunsAfter)),
                Case.of(
                                "LIF-1/rest-goes-elsewhere",
                                "What was fetched and not started is handled elsewhere within two seconds, while stop waits",
                                with(StopCases::restGoesElsewhere))
                        .needs(Feature.COMPETING_CONSUMERS, with(StopCases::restGoesElsewhereAfterwards)),
                Case.of(
                        "LIF-1/held-goes-elsewhere",
                        "What waits for a blocking retry goes elsewhere with its attempts",
                        with(StopCases::heldGoesElsewhere)),
                Case.of(
                        "LIF-1/grace-is-over",
                        "After the grace handlers are interrupted, and their messages run again uncounted",
                        with(StopCases::graceIsOver)),
                Case.of(
                        "LIF-1/start-again",
                        "A source can be consumed again by the same client",
                        with(StopCases::startAgain)),
                Case.of(
                        "LIF-2/stop-in-the-handler",
                        "A handler may stop its own consumer",
                        with(StopCases::stopInHandler)),
                Case.of(
                        "LIF-2/stop-twice",
                        "Stopping again waits for the first call, and does nothing else",
                        with(StopCases::stopTwice)));
    }

    private static void waits(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> end.await());
        MessageConsumer consumer = clients.start(clients.another().queue(spec).consumer(), runs);
        clients.send(clients.client().queue(spec), "x");
        runs.await(1);
        CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> consumer.stop(Duration.ofSeconds(30)));
        clients.trial().pass(Duration.ofMillis(200));
        assertThat(stopped).as("stop, while the handler runs").isNotDone();
        end.countDown();
        assertThat(stopped.get(30, TimeUnit.SECONDS))
                .as("ended within the grace")
                .isTrue();
        assertThat(runs.running()).isZero();
        Runs other = clients.runs();
        clients.start(clients.client().queue(spec).consumer(), other);
        other.noMore();
        assertThat(other.all()).as("handled again").isEmpty();
    }

    private static void nothingRunsAfter(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        List<String> payloads = numbered("m", 400);
        MessageQueue<String> queue = clients.client().queue(spec);
        clients.sendAll(queue, payloads);
        QueueClient client = clients.another();
        List<String> handled = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            Runs runs = clients.runs((payload, context) -> Thread.sleep(1));
            MessageConsumer consumer =
                    clients.start(client.queue(spec).consumer().concurrency(4), runs);
            runs.await(10);
            assertThat(consumer.stop(Duration.ofSeconds(20)))
                    .as("stopped within the grace")
                    .isTrue();
            int when = runs.all().size();
            assertThat(runs.running()).as("running when stop returned").isZero();
            clients.trial().pass(Duration.ofMillis(100));
            assertThat(runs.all()).as("runs after stop returned").hasSize(when);
            handled.addAll(runs.handled());
        }
        Runs rest = clients.runs();
        clients.start(queue.consumer().concurrency(4), rest);
        List<String> left = new ArrayList<>(payloads);
        handled.forEach(left::remove);
        rest.exactly(left);
    }

    private static void restGoesElsewhere(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        var end = clients.latch();
        // Quick ones first, so that the consumer fetches ahead.
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("slow")) {
                end.await();
            }
        });
        List<String> quick = numbered("quick", 50);
        List<String> rest = numbered("rest", 50);
        clients.sendAll(queue, quick);
        clients.send(queue, "slow");
        clients.sendAll(queue, rest);
        MessageConsumer consumer = clients.start(clients.another().queue(spec).consumer(), runs);
        runs.await(51);
        CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> consumer.stop(Duration.ofSeconds(30)));
        Runs other = clients.runs();
        clients.start(queue.consumer(), other);
        clients.trial()
                .eventually(
                        () -> "the other client handles the rest within 2 s while stop waits; it has "
                                + other.handled().size(),
                        Trial.GIVEN_BACK,
                        () -> other.handled().size() >= rest.size());
        assertThat(stopped).isNotDone();
        end.countDown();
        assertThat(stopped.join()).isTrue();
        other.exactly(rest);
        assertThat(runs.handled()).hasSize(51);
    }

    /** Where a consumer owns a part of the source, what waits there is its own until it has stopped. */
    private static void restGoesElsewhereAfterwards(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> end.await());
        List<String> all = numbered("m", 100);
        clients.sendAll(queue, all);
        MessageConsumer consumer = clients.start(clients.another().queue(spec).consumer(), runs);
        runs.await(1);
        Runs other = clients.runs();
        clients.start(queue.consumer(), other);
        CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> consumer.stop(Duration.ofSeconds(30)));
        clients.trial().pass(Duration.ofMillis(200));
        assertThat(stopped).as("stop, while the handler runs").isNotDone();
        end.countDown();
        assertThat(stopped.join()).isTrue();
        int missing = all.size() - runs.handled().size();
        clients.trial()
                .eventually(
                        () -> "the other client handles the rest, " + missing + ", within 2 s; it has "
                                + other.handled().size(),
                        Trial.GIVEN_BACK,
                        () -> other.handled().size() >= missing);
        assertThat(runs.all()).as("begun before it stopped").hasSize(1);
        other.noMore();
        List<String> handled = new ArrayList<>(runs.handled());
        handled.addAll(other.handled());
        assertThat(handled).containsExactlyInAnyOrderElementsOf(all);
    }

    private static void heldGoesElsewhere(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        Runs failing = clients.runs((payload, context) -> {
            throw new IllegalStateException("later");
        });
        MessageConsumer consumer = clients.start(
                clients.another().queue(spec).consumer().retry(RetryPolicy.blocking(Duration.ofHours(1))), failing);
        clients.send(queue, "a", "b");
        failing.await(2);
        clients.trial().pass(Duration.ofMillis(100));
        assertThat(consumer.stop(Duration.ofSeconds(10))).isTrue();
        Runs other = clients.runs();
        clients.start(queue.consumer(), other);
        clients.trial()
                .eventually(
                        "both are handled elsewhere within 2 s",
                        Trial.GIVEN_BACK,
                        () -> other.handled().size() == 2);
        other.exactly("a", "b");
        if (clients.client().capabilities().has(io.anyqueue.Feature.ATTEMPTS_KEPT)) {
            assertThat(other.all())
                    .allSatisfy(run -> assertThat(run.attempt()).as("%s", run).isEqualTo(2));
        }
    }

    private static void graceIsOver(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        var end = clients.latch();
        Queue<String> told = new ConcurrentLinkedQueue<>();
        Runs runs = clients.runs((payload, context) -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                told.add("stopping=" + context.stopping());
                throw e;
            }
        });
        MessageConsumer consumer = clients.start(clients.another().queue(spec).consumer(), runs);
        clients.send(clients.client().queue(spec), "x");
        runs.await(1);
        assertThat(consumer.stop(Duration.ofMillis(50)))
                .as("ended within the grace")
                .isFalse();
        clients.trial().eventually("the handler is told", Trial.SIGNAL, () -> !told.isEmpty() && runs.running() == 0);
        assertThat(told).containsExactly("stopping=true");
        Runs other = clients.runs();
        clients.start(clients.client().queue(spec).consumer(), other);
        other.exactly("x");
        assertThat(other.attempts("x")).as("attempts: a stop is none").containsExactly(1);
    }

    private static void startAgain(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Runs runs = clients.runs();
            MessageConsumer consumer = clients.start(queue.consumer(), runs);
            clients.send(queue, "m" + i);
            runs.await(1);
            assertThat(consumer.stop(Trial.SIGNAL)).isTrue();
            all.addAll(runs.payloads());
        }
        assertThat(all).containsExactly("m0", "m1", "m2");
    }

    private static void stopInHandler(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        CompletableFuture<MessageConsumer> self = new CompletableFuture<>();
        Runs runs = clients.runs((payload, context) -> self.join().stop(Duration.ofSeconds(10)));
        MessageConsumer consumer =
                clients.start(clients.another().queue(spec).consumer().startPaused(), runs);
        self.complete(consumer);
        clients.sendAll(queue, numbered("m", 3));
        consumer.resume();
        runs.await(1);
        clients.trial()
                .eventually(
                        "the handler returns",
                        Trial.SIGNAL,
                        () -> runs.handled().size() == 1);
        consumer.stop(Duration.ofSeconds(10));
        runs.noMore();
        assertThat(runs.all())
                .as("runs of the consumer that its handler stopped")
                .hasSize(1);
        List<String> left = numbered("m", 3);
        left.removeAll(runs.handled());
        Runs other = clients.runs();
        clients.start(queue.consumer(), other);
        other.exactly(left);
    }

    private static void stopTwice(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> end.await());
        MessageConsumer consumer = clients.start(clients.another().queue(spec).consumer(), runs);
        clients.send(clients.client().queue(spec), "x");
        runs.await(1);
        List<CompletableFuture<Boolean>> stops = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            stops.add(CompletableFuture.supplyAsync(() -> consumer.stop(Duration.ofSeconds(30)), task -> {
                Thread thread = new Thread(task, "conformance-stop");
                thread.setDaemon(true);
                thread.start();
            }));
        }
        clients.trial().pass(Duration.ofMillis(100));
        assertThat(stops).noneMatch(CompletableFuture::isDone);
        end.countDown();
        clients.trial()
                .eventually(
                        "all calls of stop return",
                        Trial.SIGNAL,
                        () -> stops.stream().allMatch(CompletableFuture::isDone));
        assertThat(stops).allMatch(CompletableFuture::join);
        assertThat(consumer.stop(Duration.ZERO)).isTrue();
        consumer.pause();
        consumer.resume();
        runs.noMore();
        runs.exactly("x");
    }
}

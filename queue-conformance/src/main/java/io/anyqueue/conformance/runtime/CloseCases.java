package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.TimeScale;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Closing a client (rules LIF-1, LIF-2): safe from anywhere, bounded, and nothing is left behind. */
final class CloseCases {
    private CloseCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "LIF-1/close-stops-consumers",
                        "When close has returned nothing runs, and the rest is handled elsewhere",
                        with(CloseCases::stopsConsumers)),
                Case.of(
                        "LIF-1/run-until-shutdown",
                        "runUntilShutdown returns when the client is closed, and all is stopped",
                        with(CloseCases::runUntilShutdown)),
                Case.of(
                        "LIF-2/close-twice",
                        "Closing again, from many threads, does nothing and waits for the first",
                        with(CloseCases::twice)),
                Case.of(
                        "LIF-2/close-in-the-handler",
                        "A handler may close its client; its message is settled or comes again",
                        with(CloseCases::inHandler)),
                Case.of(
                        "LIF-2/close-while-sending",
                        "Closing while others send ends every send: confirmed, or with CLOSED",
                        with(CloseCases::whileSending)),
                Case.of(
                        "LIF-2/handler-never-returns",
                        "A handler that ignores interrupts does not keep stop from returning",
                        with(CloseCases::neverReturns)),
                Case.of(
                        "LIF-2/no-thread-left",
                        "A client that is closed leaves no thread behind",
                        with(CloseCases::noThreadLeft)),
                Case.of(
                        "LIF-2/use-after-close",
                        "After close everything is refused with CLOSED, and health is DOWN",
                        with(CloseCases::useAfterClose)),
                Case.of(
                        "LIF-4/health",
                        "Health is UP in normal flow, says why and since when it is not, and DOWN in the end",
                        with(CloseCases::health)));
    }

    private static Thread thread(ThreadGroup group, String name, Runnable task) {
        Thread thread = new Thread(group, task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static Thread inBackground(Runnable task) {
        return thread(Thread.currentThread().getThreadGroup(), "conformance-background", task);
    }

    private static void awaitEnd(Clients clients, String what, Thread thread, Duration limit) {
        clients.trial()
                .eventually(
                        () -> what + "; it is at " + Arrays.toString(thread.getStackTrace()),
                        limit,
                        () -> !thread.isAlive());
    }

    private static void stopsConsumers(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        List<String> payloads = numbered("m", 300);
        clients.sendAll(queue, payloads);
        QueueClient closing = clients.another();
        Runs runs = clients.runs((payload, context) -> Thread.sleep(2));
        clients.start(closing.queue(spec).consumer().concurrency(4), runs);
        runs.await(10);
        closing.close();
        int when = runs.all().size();
        assertThat(runs.running()).as("running when close returned").isZero();
        List<String> left = new ArrayList<>(payloads);
        runs.handled().forEach(left::remove);
        Runs rest = clients.runs();
        clients.start(queue.consumer().concurrency(4), rest);
        rest.exactly(left);
        assertThat(runs.all()).as("runs after close returned").hasSize(when);
    }

    private static void runUntilShutdown(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        QueueClient client = clients.another();
        Runs runs = clients.runs();
        clients.start(client.queue(spec).consumer(), runs);
        Thread running = inBackground(() -> client.runUntilShutdown(Duration.ofSeconds(5)));
        clients.send(client.queue(spec), "x");
        runs.await(1);
        assertThat(running.isAlive()).as("runUntilShutdown blocks").isTrue();
        client.close();
        awaitEnd(clients, "runUntilShutdown returns when the client is closed", running, Trial.SIGNAL);
        assertThat(client.health().status()).isEqualTo(Health.Status.DOWN);
    }

    private static void twice(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        QueueClient client = clients.another();
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> end.await());
        clients.start(client.queue(spec).consumer(), runs);
        clients.send(clients.client().queue(spec), "x");
        runs.await(1);
        List<Thread> closing = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closing.add(inBackground(client::close));
        }
        clients.trial().pass(Duration.ofMillis(100));
        assertThat(closing).as("close while a handler runs").allMatch(Thread::isAlive);
        end.countDown();
        closing.forEach(each -> awaitEnd(clients, "close returns when the handler has", each, Trial.SIGNAL));
        client.close();
        runs.exactly("x");
    }

    private static void inHandler(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        QueueClient client = clients.another();
        Runs runs = clients.runs((payload, context) -> client.close());
        for (int i = 0; i < 3; i++) {
            clients.start(client.queue(clients.queue()).consumer(), clients.runs());
        }
        clients.start(client.queue(spec).consumer(), runs);
        MessageQueue<String> queue = clients.client().queue(spec);
        clients.sendAll(queue, numbered("m", 3));
        runs.await(1);
        clients.trial()
                .eventually(
                        "close returns in the handler",
                        Trial.SIGNAL,
                        () -> runs.handled().size() == 1);
        awaitEnd(clients, "close returns elsewhere", inBackground(client::close), Trial.SIGNAL.multipliedBy(2));
        assertThat(runs.all()).as("runs of the client that its handler closed").hasSize(1);
        List<String> left = numbered("m", 3);
        left.removeAll(runs.handled());
        Runs other = clients.runs();
        clients.start(queue.consumer(), other);
        other.exactly(left);
    }

    private static void whileSending(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        QueueClient client = clients.another();
        MessageQueue<String> queue = client.queue(spec);
        Sends sends = new Sends();
        List<Thread> senders = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            String prefix = "t" + t + "-";
            senders.add(inBackground(() -> sends.until(ErrorCode.CLOSED, prefix, queue)));
        }
        clients.trial()
                .eventually(
                        "some are confirmed",
                        Trial.SIGNAL,
                        () -> sends.confirmed().size() > 20);
        client.close();
        senders.forEach(each -> awaitEnd(clients, "the senders end", each, Trial.SIGNAL));
        assertThat(sends.unexpected()).as("failures other than CLOSED").isEmpty();
        Runs runs = clients.runs();
        clients.start(clients.client().queue(spec).consumer().concurrency(8), runs);
        clients.trial()
                .eventually(
                        () -> sends.confirmed().size() + " were confirmed, handled are "
                                + runs.handled().size(),
                        Trial.SIGNAL.multipliedBy(3),
                        () -> new HashSet<>(runs.handled()).containsAll(sends.confirmed()));
        runs.noMore();
        assertThat(runs.payloads()).as("handled").doesNotHaveDuplicates();
    }

    private static void neverReturns(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> {
            while (end.getCount() > 0) {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    // A handler that does not listen.
                }
            }
        });
        QueueClient client = clients.another();
        MessageConsumer consumer = clients.start(client.queue(spec).consumer(), runs);
        clients.send(clients.client().queue(spec), "x");
        runs.await(1);
        Thread stopping = inBackground(() -> consumer.stop(Duration.ofMillis(100)));
        awaitEnd(clients, "stop returns though the handler does not", stopping, Duration.ofSeconds(25));
        Thread closing = inBackground(client::close);
        awaitEnd(clients, "close returns though the handler does not", closing, Duration.ofSeconds(25));
        Runs other = clients.runs();
        clients.start(clients.client().queue(spec).consumer(), other);
        other.exactly("x");
        assertThat(other.attempts("x")).as("attempts: a stop is none").containsExactly(1);
    }

    /** Threads are in the group of the one that began them: what is left in a group of its own was left by the client. */
    private static void noThreadLeft(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        // What is begun once for the whole process, and rightly stays, is begun here.
        useAndClose(clients, spec);
        ThreadGroup group = new ThreadGroup("conformance-leaks");
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread user = thread(group, "conformance-user", () -> {
            try {
                useAndClose(clients, spec);
                useAndClose(clients, spec);
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        awaitEnd(clients, "two clients are used and closed", user, Duration.ofSeconds(40));
        assertThat(failure.get()).isNull();
        clients.trial()
                .eventually(
                        () -> "no thread is left; there are " + left(group),
                        Trial.SIGNAL,
                        () -> left(group).isEmpty());
    }

    private static List<Thread> left(ThreadGroup group) {
        Thread[] found = new Thread[group.activeCount() + 16];
        int count = group.enumerate(found);
        return Arrays.stream(found, 0, count).filter(Thread::isAlive).toList();
    }

    private static void useAndClose(Clients clients, QueueSpec<String> spec) {
        QueueClient client = clients.another();
        Runs runs = clients.runs();
        client.queue(spec).consumer().concurrency(4).start(runs);
        client.queue(spec).sendAll(numbered("m", 20).stream().map(Outgoing::of).toList());
        runs.await(20);
        client.close();
    }

    private static void useAfterClose(Clients clients) {
        QueueClient client = clients.another();
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = client.queue(spec);
        client.close();
        client.close();
        Refused.with("send", () -> queue.send("x"), ErrorCode.CLOSED);
        Refused.with("sendAll", () -> queue.sendAll(List.of(Outgoing.of("x"))), ErrorCode.CLOSED);
        Refused.with("queue", () -> client.queue(clients.queue()), ErrorCode.CLOSED);
        Refused.with("topic", () -> client.topic(clients.topic()), ErrorCode.CLOSED);
        Refused.with("consume", () -> queue.consume(payload -> {}), ErrorCode.CLOSED);
        assertThat(queue.sendAsync("x"))
                .failsWithin(TimeScale.scaled(Trial.SIGNAL))
                .withThrowableThat()
                .havingCause()
                .extracting("code")
                .isEqualTo(ErrorCode.CLOSED);
        assertThat(client.health().status()).isEqualTo(Health.Status.DOWN);
        Runs runs = clients.runs();
        clients.start(clients.client().queue(spec).consumer(), runs);
        runs.noMore();
        assertThat(runs.all()).as("what was sent after close").isEmpty();
    }

    private static void health(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        QueueClient client = clients.another();
        Runs runs = clients.runs();
        MessageConsumer consumer = clients.start(client.queue(spec).consumer(), runs);
        clients.send(client.queue(spec), "x");
        runs.exactly("x");
        assertThat(consumer.health()).isEqualTo(Health.UP);
        assertThat(client.health().status()).isEqualTo(Health.Status.UP);
        consumer.pause();
        for (Health health : List.of(consumer.health(), client.health())) {
            assertThat(health.status()).isEqualTo(Health.Status.DEGRADED);
            assertThat(health.notes())
                    .anySatisfy(note -> assertThat(note).contains("paused").contains(spec.name()));
        }
        consumer.resume();
        assertThat(consumer.health().status()).isEqualTo(Health.Status.UP);
        consumer.stop(Trial.SIGNAL);
        assertThat(consumer.health().status()).isEqualTo(Health.Status.DOWN);
        client.close();
        assertThat(client.health().status()).isEqualTo(Health.Status.DOWN);
    }
}

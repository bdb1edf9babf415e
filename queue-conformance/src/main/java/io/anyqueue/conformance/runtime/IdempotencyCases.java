package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.IdempotencyStore;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Handling once with a store (rules IDM-1, IDM-2). The key comes from the payload, so that no broker sorts duplicates out. */
final class IdempotencyCases {
    private IdempotencyCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "IDM-1/completed-is-not-run-again",
                        "A duplicate of what was handled is not handled, at any client of the store",
                        with(IdempotencyCases::completed)),
                Case.of(
                        "IDM-1/in-progress-goes-back",
                        "A duplicate of what is in progress goes back, and is handled if that one fails",
                        with(IdempotencyCases::inProgressFails)),
                Case.of(
                        "IDM-1/in-progress-succeeds",
                        "A duplicate of what is in progress is dropped once that one has succeeded",
                        with(IdempotencyCases::inProgressSucceeds)),
                Case.of(
                        "IDM-1/retries-are-no-duplicates",
                        "A failed run gives its claim back, so that the retry runs",
                        with(IdempotencyCases::retries)),
                Case.of(
                        "IDM-1/queues-are-apart",
                        "The same key in two queues is handled in each",
                        with(IdempotencyCases::queuesApart)),
                Case.of(
                        "IDM-2/crashed-owner",
                        "A claim whose owner is gone is taken over after its lease",
                        with(IdempotencyCases::crashedOwner)),
                Case.of(
                        "RTY-2/store-down",
                        "While the store is down messages go back uncounted",
                        with(IdempotencyCases::storeDown)));
    }

    /** The number of payload {@code 7-b} is 7. */
    private static String number(String payload) {
        return payload.substring(0, payload.indexOf('-'));
    }

    private static void completed(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        IdempotencyStore store = IdempotencyStore.inMemory();
        Runs runs = clients.runs();
        for (int i = 0; i < 2; i++) {
            clients.start(
                    clients.another()
                            .queue(spec)
                            .consumer()
                            .concurrency(2)
                            .idempotent(store)
                            .idempotencyKey(IdempotencyCases::number),
                    runs);
        }
        MessageQueue<String> queue = clients.client().queue(spec);
        List<String> numbers = numbered("", 20);
        numbers.forEach(number -> clients.send(queue, number + "-a"));
        runs.await(20);
        numbers.forEach(number -> clients.send(queue, number + "-b"));
        runs.exactly(numbers.stream().map(number -> number + "-a").toList());
    }

    private static void inProgressFails(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("1-a")) {
                end.await();
                throw new IllegalStateException("after all");
            }
        });
        clients.start(
                queue.consumer()
                        .concurrency(2)
                        .retry(RetryPolicy.none())
                        .idempotent(IdempotencyStore.inMemory())
                        .idempotencyKey(IdempotencyCases::number),
                runs);
        clients.send(queue, "1-a");
        runs.await(1);
        clients.send(queue, "1-b");
        runs.noMore();
        end.countDown();
        // How long it waits until it is tried again is the runtime's: some seconds.
        runs.await(2, Duration.ofSeconds(40));
        assertThat(runs.payloads()).containsExactly("1-a", "1-b");
        assertThat(runs.attempts("1-b")).as("waiting is no attempt").containsExactly(1);
    }

    private static void inProgressSucceeds(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("1-a")) {
                end.await();
            }
        });
        clients.start(
                queue.consumer()
                        .concurrency(2)
                        .idempotent(IdempotencyStore.inMemory())
                        .idempotencyKey(IdempotencyCases::number),
                runs);
        clients.send(queue, "1-a");
        runs.await(1);
        clients.send(queue, "1-b");
        runs.noMore();
        end.countDown();
        runs.exactly("1-a");
    }

    private static void retries(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            if (context.attempt() < 4) {
                throw new IllegalStateException("not yet");
            }
        });
        clients.start(
                queue.consumer()
                        .retry(RetryPolicy.blocking(Duration.ofMillis(50), Duration.ofMillis(50))
                                .inPlace(1))
                        .idempotent(IdempotencyStore.inMemory()),
                runs);
        clients.send(queue, Outgoing.of("x").id("one id"));
        runs.await(4);
        runs.noMore();
        assertThat(runs.attempts("x")).containsExactly(1, 2, 3, 4);
        assertThat(runs.handled()).containsExactly("x");
    }

    private static void queuesApart(Clients clients) {
        IdempotencyStore store = IdempotencyStore.inMemory();
        MessageQueue<String> a = clients.client().queue(clients.queue());
        MessageQueue<String> b = clients.client().queue(clients.queue());
        Runs fromA = clients.runs();
        Runs fromB = clients.runs();
        clients.start(a.consumer().idempotent(store).idempotencyKey(IdempotencyCases::number), fromA);
        clients.start(b.consumer().idempotent(store).idempotencyKey(IdempotencyCases::number), fromB);
        clients.send(a, "1-a");
        clients.send(b, "1-b");
        fromA.exactly("1-a");
        fromB.exactly("1-b");
    }

    private static void crashedOwner(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        IdempotencyStore store = IdempotencyStore.inMemory();
        Duration lease = Duration.ofSeconds(2);
        MessageQueue<String> queue = clients.client().queue(spec);
        Runs runs = clients.runs();
        long claimed = System.nanoTime();
        // As a process did that is no more.
        store.claim(spec.name(), "1", lease, Instant.now());
        clients.start(queue.consumer().idempotent(store).idempotencyKey(IdempotencyCases::number), runs);
        clients.send(queue, "1-b");
        runs.await(1, Duration.ofSeconds(40));
        assertThat(Duration.ofNanos(runs.all().get(0).atNanos() - claimed))
                .as("when the claim of the crashed owner was taken over")
                .isGreaterThanOrEqualTo(lease.minusMillis(100));
        runs.exactly("1-b");
    }

    private static void storeDown(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        FlakyStore store = new FlakyStore(IdempotencyStore.inMemory(), 1);
        Runs runs = clients.runs();
        clients.start(queue.consumer().retry(RetryPolicy.none()).idempotent(store), runs);
        clients.send(queue, "x");
        runs.await(1, Duration.ofSeconds(30));
        assertThat(store.refused()).as("claims that failed").isEqualTo(1);
        assertThat(runs.attempts("x")).containsExactly(1);
        runs.exactly("x");
    }
}

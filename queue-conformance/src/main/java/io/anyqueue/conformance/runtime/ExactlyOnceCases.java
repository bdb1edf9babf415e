package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static io.anyqueue.conformance.kit.Clients.withShortLeases;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** What follows from a message is stored in one step with its acknowledgement (rule SET-5). */
final class ExactlyOnceCases {
    /** Where a broker has no transactions, asking for them must be refused. */
    private static final Case.Body REFUSED = with(clients -> Refused.with(
            "exactlyOnce()",
            () -> clients.client()
                    .queue(clients.queue())
                    .consumer()
                    .exactlyOnce()
                    .start(payload -> {}),
            ErrorCode.UNSUPPORTED));

    private static final int CRASHES = 3;
    private static final Duration BACK = Duration.ofSeconds(60);

    private ExactlyOnceCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                                "SET-5/once",
                                "What a handler sends is stored once; what a failed run sent is not",
                                with(ExactlyOnceCases::once))
                        .needs(Feature.TRANSACTIONS, REFUSED),
                Case.of(
                                "SET-5/dead-letter",
                                "A dead letter is stored once, and nothing of what its handler sent",
                                with(ExactlyOnceCases::deadLetter))
                        .needs(Feature.TRANSACTIONS, REFUSED),
                Case.of(
                                "SET-5/crash",
                                "What follows from a message is stored once, though consumers lose their session",
                                withShortLeases(ExactlyOnceCases::crash))
                        .needs(Feature.TRANSACTIONS, REFUSED)
                        .needs(Means.CLIENT_CRASH),
                Case.of(
                                "SET-5/another-client",
                                "A handler that sends to another client's queue is refused",
                                with(ExactlyOnceCases::anotherClient))
                        .needs(Feature.TRANSACTIONS, REFUSED));
    }

    private static void once(Clients clients) {
        QueueSpec<String> orders = clients.queue();
        QueueSpec<String> mails = clients.queue();
        QueueClient client = clients.client();
        Runs mailed = clients.runs();
        clients.start(client.queue(mails).consumer(), mailed);
        Runs runs = clients.runs((payload, context) -> {
            context.send(mails, "mail " + context.attempt() + " for " + payload);
            context.send(mails, "copy " + context.attempt() + " for " + payload);
            if (context.attempt() < 2) {
                throw new IllegalStateException("not yet");
            }
        });
        clients.start(
                client.queue(orders)
                        .consumer()
                        .exactlyOnce()
                        .concurrency(2)
                        .retry(RetryPolicy.delays(Duration.ofMillis(200))),
                runs);
        clients.send(client.queue(orders), "o1", "o2");
        mailed.exactly("mail 2 for o1", "copy 2 for o1", "mail 2 for o2", "copy 2 for o2");
        assertThat(runs.attempts("o1")).containsExactly(1, 2);
    }

    private static void deadLetter(Clients clients) {
        QueueSpec<String> mails = clients.queue();
        MessageQueue<String> orders = clients.client().queue(clients.queue());
        Runs mailed = clients.runs();
        clients.start(clients.client().queue(mails).consumer(), mailed);
        clients.start(orders.consumer().exactlyOnce().retry(RetryPolicy.none()), clients.runs((payload, context) -> {
            context.send(mails, payload);
            throw new IllegalStateException("never");
        }));
        clients.send(orders, "o1");
        if (clients.client().capabilities().has(Feature.BROWSE)) {
            assertThat(Letters.await(clients, orders, 1).get(0).error()).isEqualTo("never");
        }
        mailed.noMore();
        assertThat(mailed.all()).isEmpty();
    }

    private static void crash(Clients clients) {
        QueueSpec<String> orders = clients.queue();
        QueueSpec<String> mails = clients.queue();
        QueueClient sender = clients.another();
        Runs mailed = clients.runs();
        clients.start(sender.queue(mails).consumer().concurrency(4), mailed);
        QueueClient crashing = clients.client();
        List<String> payloads = numbered("o", 400);
        clients.sendAll(sender.queue(orders), payloads);
        Runs runs = clients.runs((payload, context) -> {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            context.send(mails, "mail for " + payload);
        });
        clients.start(crashing.queue(orders).consumer().exactlyOnce().concurrency(4), runs);
        for (int i = 1; i <= CRASHES; i++) {
            runs.await(60 * i, BACK);
            clients.crash(crashing);
        }
        List<String> expected =
                payloads.stream().map(payload -> "mail for " + payload).toList();
        clients.trial()
                .eventually(
                        () -> "all is stored: " + mailed.handled().size() + " of " + expected.size(),
                        BACK,
                        () -> new HashSet<>(mailed.handled()).containsAll(expected));
        clients.trial().pass(Trial.SILENCE);
        assertThat(mailed.all().stream().map(Runs.Run::id)).hasSize(expected.size());
    }

    private static void anotherClient(Clients clients) {
        MessageQueue<String> orders = clients.client().queue(clients.queue());
        MessageQueue<String> elsewhere = clients.another().queue(clients.queue());
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        Runs runs = clients.runs((payload, context) -> {
            try {
                context.send(elsewhere, payload);
            } catch (QueueException e) {
                thrown.add(e);
            }
        });
        clients.start(orders.consumer().exactlyOnce(), runs);
        clients.send(orders, "o1");
        runs.exactly("o1");
        Refused.with(
                "a send to another client's queue",
                () -> {
                    throw (Exception) thrown.remove();
                },
                ErrorCode.UNSUPPORTED);
    }
}

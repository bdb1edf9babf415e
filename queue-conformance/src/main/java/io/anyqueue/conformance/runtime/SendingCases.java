package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.PartialSendException;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.TopicSpec;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;

/** Sending with a client: what a send's end means, and what is bounded. */
final class SendingCases {
    private SendingCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "SND-1/sent-is-handled-elsewhere",
                        "What send confirmed another client handles",
                        with(SendingCases::handledElsewhere)),
                Case.of(
                        "SND-2/one-result-each",
                        "Every asynchronous send has a result, and the confirmed are handled once",
                        with(SendingCases::oneResultEach)),
                Case.of(
                                "SND-3/no-subscription-confirms",
                                "A topic without a subscription confirms",
                                with(SendingCases::noSubscription))
                        .needs(Feature.TOPICS, with(SendingCases::topicsRefused)),
                Case.of(
                        "SND-5/refused-in-a-batch",
                        "Of a batch the refused are named by their places, and the others are handled",
                        with(SendingCases::refusedInABatch)),
                Case.of(
                        "SND-5/too-large",
                        "A message beyond the limit is refused with the limit and its size, and one near it passes",
                        with(SendingCases::tooLarge)),
                Case.of(
                        "SND-6/full-waits",
                        "A client whose room is one message sends from many threads and loses none",
                        with(SendingCases::fullWaits)),
                Case.of(
                        "SND-6/full-fails",
                        "What a full client refuses at once is RESOURCE_EXHAUSTED and not stored",
                        with(SendingCases::fullFails)),
                Case.of(
                        "SND-7/payload-is-not-kept",
                        "A payload that is changed after the send arrives as it was sent",
                        with(SendingCases::payloadNotKept)),
                Case.of(
                        "SND-8/close-flushes",
                        "Closing the client ends every accepted send, and the confirmed are handled",
                        with(SendingCases::closeFlushes)),
                Case.of(
                        "SET-4/sends-of-a-handler",
                        "What a handler sends goes when it has succeeded, once, with the same id for each run",
                        with(SendingCases::sendsOfAHandler)));
    }

    private static void handledElsewhere(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        Runs runs = clients.runs();
        clients.start(clients.another().queue(spec).consumer(), runs);
        List<String> payloads = numbered("m", 20);
        clients.send(clients.client().queue(spec), payloads.toArray(String[]::new));
        runs.exactly(payloads);
    }

    private static void oneResultEach(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        List<CompletableFuture<String>> futures = new ArrayList<>();
        List<String> payloads = numbered("m", 300);
        payloads.forEach(payload -> futures.add(queue.sendAsync(payload)));
        for (CompletableFuture<String> future : futures) {
            assertThat(result(future)).isNotBlank();
        }
        assertThat(futures.stream().map(CompletableFuture::join)).doesNotHaveDuplicates();
        Runs runs = clients.runs();
        clients.start(queue.consumer().concurrency(8), runs);
        runs.exactly(payloads);
    }

    private static String result(CompletableFuture<String> future) throws Exception {
        return future.get(Trial.SIGNAL.toSeconds() * 4, TimeUnit.SECONDS);
    }

    private static void noSubscription(Clients clients) {
        TopicSpec<String> spec = clients.topic("late");
        MessageTopic<String> topic = clients.client().topic(spec);
        assertThat(clients.send(topic, "to nobody")).isNotBlank();
        Runs runs = clients.runs();
        clients.start(topic.subscription("late").consumer(), runs);
        clients.awaitVisible();
        clients.send(topic, "to somebody");
        runs.exactly("to somebody");
    }

    private static void topicsRefused(Clients clients) {
        Refused.with("a topic", () -> clients.client().topic(clients.topic()), ErrorCode.UNSUPPORTED);
    }

    private static void refusedInABatch(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        List<Outgoing<String>> batch = new ArrayList<>();
        numbered("m", 10).forEach(payload -> batch.add(Outgoing.of(payload)));
        batch.set(3, Outgoing.of("x".repeat(beyondLimit(clients))));
        batch.set(7, Outgoing.of("m7").priority(5));
        PartialSendException failure =
                Assertions.catchThrowableOfType(PartialSendException.class, () -> queue.sendAll(batch));
        assertThat(failure).as("the failure of sendAll with two bad messages").isNotNull();
        assertThat(failure.failures().keySet()).containsExactly(3, 7);
        assertThat(failure.failures().get(3)).extracting("code").isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(failure.failures().get(7)).extracting("code").isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure.maybeStored()).isFalse();
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        runs.exactly("m0", "m1", "m2", "m4", "m5", "m6", "m8", "m9");
    }

    private static int beyondLimit(Clients clients) {
        return (int) Math.min(
                2 * 1024 * 1024, clients.client().capabilities().limits().maxBytes() + 1);
    }

    private static void tooLarge(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        int beyond = beyondLimit(clients);
        QueueException refusal =
                Refused.with("a message that is too large", () -> queue.send("x".repeat(beyond)), ErrorCode.TOO_LARGE);
        assertThat(refusal.maybeStored()).isFalse();
        assertThat(refusal).hasMessageContaining("limit").message().matches("(?s).*\\d{4,}.*\\d{4,}.*");
        int within = (int) Math.min(
                        1024 * 1024, clients.client().capabilities().limits().maxBytes())
                - 16 * 1024;
        queue.send("y".repeat(within));
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        runs.await(1);
        assertThat(runs.payloads().get(0)).hasSize(within).matches("y+");
        runs.noMore();
    }

    private static void fullWaits(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.connect(Map.of("anyqueue.send.messages", "1", "anyqueue.send.wait", "60s"))
                .queue(spec);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            String prefix = "t" + t + "-";
            threads.add(inBackground(() -> numbered(prefix, 25).forEach(queue::send), failures));
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(40));
        }
        assertThat(failures).isEmpty();
        List<String> all = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            all.addAll(numbered("t" + t + "-", 25));
        }
        Runs runs = clients.runs();
        clients.start(queue.consumer().concurrency(4), runs);
        runs.exactly(all);
    }

    private static Thread inBackground(Runnable step, Queue<Throwable> failures) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                },
                "conformance-sender");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** How many are refused is the broker's speed; that no refused one is stored and no other lost is the contract. */
    private static void fullFails(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.connect(
                        Map.of("anyqueue.send.messages", "2", "anyqueue.send.when-full", "fail"))
                .queue(spec);
        List<String> payloads = numbered("m", 400);
        List<CompletableFuture<String>> futures =
                payloads.stream().map(queue::sendAsync).toList();
        List<String> confirmed = new ArrayList<>();
        for (int i = 0; i < futures.size(); i++) {
            try {
                result(futures.get(i));
                confirmed.add(payloads.get(i));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof QueueException refusal)) {
                    throw new AssertionError("a send failed with no QueueException", e.getCause());
                }
                assertThat(refusal.code()).as("code of %s", refusal).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
                assertThat(refusal.maybeStored())
                        .as("maybe stored: %s", refusal)
                        .isFalse();
            }
        }
        assertThat(confirmed).as("confirmed").isNotEmpty();
        Runs runs = clients.runs();
        clients.start(queue.consumer().concurrency(4), runs);
        runs.exactly(confirmed);
    }

    private static void payloadNotKept(Clients clients) throws Exception {
        QueueSpec<byte[]> spec = clients.queue(byte[].class);
        MessageQueue<byte[]> queue = clients.client().queue(spec);
        byte[] payload = "original".getBytes(StandardCharsets.UTF_8);
        List<CompletableFuture<String>> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sent.add(queue.sendAsync(payload));
            Arrays.fill(payload, (byte) '?');
            System.arraycopy("original".getBytes(StandardCharsets.UTF_8), 0, payload, 0, payload.length);
        }
        Arrays.fill(payload, (byte) '!');
        for (CompletableFuture<String> each : sent) {
            result(each);
        }
        Queue<String> got = new ConcurrentLinkedQueue<>();
        clients.stopInTheEnd(queue.consume(bytes -> {
            got.add(new String(bytes, StandardCharsets.UTF_8));
        }));
        clients.trial().eventually(() -> "50 arrive, not " + got.size(), Trial.SIGNAL, () -> got.size() >= 50);
        assertThat(got).containsOnly("original").hasSize(50);
    }

    private static void closeFlushes(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        QueueClient sender = clients.another();
        MessageQueue<String> queue = sender.queue(spec);
        List<String> payloads = numbered("m", 500);
        List<CompletableFuture<String>> futures =
                payloads.stream().map(queue::sendAsync).toList();
        sender.close();
        List<String> confirmed = new ArrayList<>();
        for (int i = 0; i < futures.size(); i++) {
            try {
                result(futures.get(i));
                confirmed.add(payloads.get(i));
            } catch (ExecutionException e) {
                throw new AssertionError(payloads.get(i) + " was not flushed though the broker works", e.getCause());
            }
        }
        Refused.with("a send after close", () -> queue.send("late"), ErrorCode.CLOSED);
        Runs runs = clients.runs();
        clients.start(clients.client().queue(spec).consumer().concurrency(4), runs);
        runs.exactly(confirmed);
    }

    private static void sendsOfAHandler(Clients clients) {
        QueueSpec<String> orders = clients.queue();
        QueueSpec<String> mails = clients.queue();
        QueueClient client = clients.client();
        Queue<String> ids = new ConcurrentLinkedQueue<>();
        Runs mailed =
                clients.runs((payload, context) -> ids.add(context.message().id()));
        clients.start(client.queue(mails).consumer(), mailed);
        Runs runs = clients.runs((payload, context) -> {
            context.send(mails, "mail for " + payload);
            context.send(mails, "copy for " + payload);
            if (context.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        clients.start(
                client.queue(orders)
                        .consumer()
                        .retry(io.anyqueue.RetryPolicy.none().inPlace(3)),
                runs);
        clients.send(client.queue(orders), "o1", "o2");
        mailed.exactly("mail for o1", "copy for o1", "mail for o2", "copy for o2");
        assertThat(runs.attempts("o1")).containsExactly(1, 2, 3);
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(mailed.all())
                .allSatisfy(run -> assertThat(run.message().causationId())
                        .as("cause of %s", run)
                        .hasValueSatisfying(
                                cause -> assertThat(runs.all().stream().map(Runs.Run::id))
                                        .contains(cause)));
    }
}

package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.BatchHandler;
import io.anyqueue.ConsumerBuilder;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.HandlingException;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueSpec;
import io.anyqueue.Received;
import io.anyqueue.RetryPolicy;
import io.anyqueue.Stage;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Batch handlers: a batch that fails is halved, and each message is settled by itself (rule RTY-1). */
final class BatchCases {
    private static final Duration WAIT = Duration.ofMillis(300);

    private BatchCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "RTY-1/batch-handles-all",
                        "Batches hold no more than asked for, and every message is in one",
                        with(BatchCases::handlesAll)),
                Case.of(
                        "RTY-1/batch-of-the-rest",
                        "What does not fill a batch is handled when it has waited",
                        with(BatchCases::ofTheRest)),
                Case.of(
                        "RTY-1/batch-is-halved",
                        "Of a failing batch only the message that fails alone has an attempt",
                        with(BatchCases::halved)),
                Case.of(
                        "RTY-1/batch-fails-one",
                        "A message that is failed by itself is run again, the others are done",
                        with(BatchCases::failsOne)),
                Case.of(
                        "RTY-2/batch-is-busy",
                        "A batch that is busy is put off without an attempt",
                        with(BatchCases::busy)),
                Case.of(
                        "IDM-1/batch-without-duplicates",
                        "Duplicates of what was handled do not reach a batch handler",
                        with(BatchCases::duplicates)),
                Case.of(
                                "ORD-1/batch-of-keys",
                                "Of an ordered queue a batch has one message of a key, and each key keeps its order",
                                with(BatchCases::ofKeys))
                        .needs(
                                Feature.ORDERED_KEYS,
                                spec -> spec.withOrdered(true),
                                with(clients -> Refused.with(
                                        "an ordered queue",
                                        () -> clients.client().queue(clients.orderedQueue()),
                                        ErrorCode.UNSUPPORTED))),
                Case.of(
                        "LIF-1/batch-gives-back",
                        "What waits for a full batch is handled elsewhere when the consumer stops",
                        with(BatchCases::givesBack)),
                Case.of(
                        "ERR-1/batch-settings",
                        "Wrong settings of a batch consumer are refused",
                        with(BatchCases::settings)));
    }

    /** Starts a batch consumer whose messages are written down as they are handled one by one. */
    private static MessageConsumer start(
            Clients clients, ConsumerBuilder<String> consumer, int max, Batches batches, Runs runs) {
        return clients.stopInTheEnd(consumer.startBatch(max, WAIT, batches.of(batch -> {
            for (Received<String> each : batch) {
                try {
                    runs.handle(each.payload(), each.context());
                } catch (Exception e) {
                    each.fail(e);
                }
            }
        })));
    }

    /** The batches that were handed to the handler. Called by handler threads. */
    private static final class Batches {
        private final List<List<String>> all = new ArrayList<>();

        BatchHandler<String> of(BatchHandler<String> then) {
            return batch -> {
                synchronized (this) {
                    all.add(batch.stream().map(Received::payload).toList());
                }
                then.handle(batch);
            };
        }

        synchronized List<List<String>> all() {
            return List.copyOf(all);
        }
    }

    private static void handlesAll(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        List<String> payloads = numbered("m", 200);
        clients.sendAll(clients.client().queue(spec), payloads);
        Batches batches = new Batches();
        Runs runs = clients.runs();
        for (int i = 0; i < 2; i++) {
            start(clients, clients.another().queue(spec).consumer().concurrency(2), 20, batches, runs);
        }
        runs.exactly(payloads);
        assertThat(batches.all()).allSatisfy(batch -> assertThat(batch).hasSizeBetween(1, 20));
    }

    private static void ofTheRest(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Batches batches = new Batches();
        Runs runs = clients.runs();
        start(clients, queue.consumer(), 1000, batches, runs);
        clients.sendAll(queue, numbered("m", 3));
        runs.exactly(numbered("m", 3));
    }

    private static void halved(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        clients.sendAll(queue, numbered("m", 8));
        Runs runs = clients.runs();
        List<Integer> attempts = new java.util.concurrent.CopyOnWriteArrayList<>();
        clients.stopInTheEnd(queue.consumer()
                .retry(RetryPolicy.none().inPlace(1))
                .startBatch(8, WAIT, batch -> {
                    for (Received<String> each : batch) {
                        if (each.payload().equals("m3")) {
                            if (batch.size() == 1) {
                                attempts.add(each.context().attempt());
                            }
                            throw new IllegalStateException("a bad row");
                        }
                    }
                    for (Received<String> each : batch) {
                        runs.handle(each.payload(), each.context());
                    }
                }));
        runs.exactly("m0", "m1", "m2", "m4", "m5", "m6", "m7");
        clients.trial().eventually("the bad one is run again, alone", Trial.SIGNAL, () -> attempts.size() >= 2);
        clients.trial().pass(Trial.SILENCE);
        assertThat(attempts).as("attempts of the bad one, alone").containsExactly(1, 2);
        assertThat(runs.all())
                .allSatisfy(run -> assertThat(run.attempt()).as("%s", run).isEqualTo(1));
        if (clients.client().capabilities().has(Feature.BROWSE)) {
            assertThat(Letters.await(clients, queue, 1).get(0).attempts()).isEqualTo(2);
        }
    }

    private static void failsOne(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        clients.sendAll(queue, numbered("m", 5));
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("m2") && context.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        start(clients, queue.consumer().retry(RetryPolicy.none().inPlace(3)), 5, new Batches(), runs);
        runs.await(7);
        runs.noMore();
        assertThat(runs.handled()).containsExactlyInAnyOrderElementsOf(numbered("m", 5));
        assertThat(runs.attempts("m2")).containsExactly(1, 2, 3);
    }

    private static void busy(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        clients.sendAll(queue, numbered("m", 4));
        Runs runs = clients.runs();
        List<Integer> refused = new java.util.concurrent.CopyOnWriteArrayList<>();
        clients.stopInTheEnd(queue.consumer().retry(RetryPolicy.none()).startBatch(4, WAIT, batch -> {
            if (refused.isEmpty()) {
                refused.add(batch.size());
                throw HandlingException.busy(Duration.ofMillis(200));
            }
            for (Received<String> each : batch) {
                runs.handle(each.payload(), each.context());
            }
        }));
        runs.exactly(numbered("m", 4));
        assertThat(runs.all())
                .allSatisfy(run -> assertThat(run.attempt()).as("%s", run).isEqualTo(1));
    }

    private static void duplicates(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs();
        start(
                clients,
                queue.consumer()
                        .idempotent(IdempotencyStore.inMemory())
                        .idempotencyKey(payload -> payload.substring(0, 2)),
                10,
                new Batches(),
                runs);
        clients.sendAll(queue, List.of("m1", "m2"));
        runs.await(2);
        clients.sendAll(queue, List.of("m1 again", "m3"));
        runs.exactly("m1", "m2", "m3");
    }

    private static void ofKeys(Clients clients) {
        QueueSpec<String> spec = clients.orderedQueue();
        MessageQueue<String> queue = clients.client().queue(spec);
        List<String> payloads = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            for (String key : List.of("a", "b", "c")) {
                payloads.add(key + "/" + i);
            }
        }
        clients.sendAll(queue, payloads);
        Batches batches = new Batches();
        Lanes lanes = new Lanes();
        Runs runs = clients.runs(lanes.of((payload, context) -> {}));
        for (int i = 0; i < 2; i++) {
            clients.stopInTheEnd(clients.another()
                    .queue(spec)
                    .consumer()
                    .concurrency(2)
                    .startBatch(10, Duration.ofMillis(20), batches.of(batch -> {
                        for (Received<String> each : batch) {
                            runs.handle(each.payload(), each.context());
                        }
                    })));
        }
        clients.trial()
                .eventually(
                        () -> "36 are handled, there are " + runs.handled().size(),
                        Trial.SIGNAL.multipliedBy(2),
                        () -> runs.handled().size() >= 36);
        runs.exactly(payloads);
        assertThat(lanes.faults()).isEmpty();
        assertThat(batches.all())
                .allSatisfy(
                        batch -> assertThat(batch.stream().map(Clients::key)).doesNotHaveDuplicates());
    }

    private static void givesBack(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        Runs first = clients.runs();
        MessageConsumer consumer = clients.stopInTheEnd(clients.another()
                .queue(spec)
                .consumer()
                .startBatch(100, Duration.ofMinutes(5), batch -> {
                    for (Received<String> each : batch) {
                        first.handle(each.payload(), each.context());
                    }
                }));
        clients.sendAll(queue, numbered("m", 3));
        clients.trial().pass(Trial.SILENCE);
        assertThat(first.all()).as("handled before the batch was full").isEmpty();
        consumer.stop(Trial.SIGNAL);
        Runs other = clients.runs();
        clients.start(queue.consumer(), other);
        clients.trial()
                .eventually(
                        "all are handled elsewhere within 2 s",
                        Trial.GIVEN_BACK,
                        () -> other.handled().size() == 3);
        other.exactly(numbered("m", 3));
        assertThat(other.all())
                .allSatisfy(run -> assertThat(run.attempt()).as("%s", run).isEqualTo(1));
    }

    private static void settings(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Refused.invalid("no message in a batch", () -> queue.consumer().startBatch(0, WAIT, batch -> {}));
        Refused.invalid("10,001 in a batch", () -> queue.consumer().startBatch(10_001, WAIT, batch -> {}));
        Refused.invalid("a negative wait", () -> queue.consumer().startBatch(5, Duration.ofMillis(-1), batch -> {}));
        Refused.invalid("no handler", () -> queue.consumer().startBatch(5, WAIT, Refused.nothing(() -> null)));
        Refused.with(
                "middleware, which is for one message",
                () -> queue.consumer()
                        .use(Stage.HANDLER, (context, next) -> next.proceed())
                        .startBatch(5, WAIT, batch -> {}),
                ErrorCode.UNSUPPORTED);
    }
}

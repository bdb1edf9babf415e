package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.DeadLetter;
import io.anyqueue.Feature;
import io.anyqueue.HandlingException;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.Stage;
import io.anyqueue.TopicSpec;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** Which failures are retried, which are none, and that one run leaves nothing to the next (rules RTY-2, RTY-3). */
final class FailureKindCases {
    private static final RetryPolicy THREE = RetryPolicy.none().inPlace(2);

    private FailureKindCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "RTY-2/permanent",
                        "A failure that is declared permanent is not retried",
                        with(FailureKindCases::permanent)),
                Case.of(
                        "RTY-2/permanent-class",
                        "Nor is one of a class that the policy names, or caused by one",
                        with(FailureKindCases::permanentClass)),
                Case.of(
                        "RTY-2/busy-is-no-attempt",
                        "Busy and retry-after are no attempts and not early",
                        with(FailureKindCases::busy)),
                Case.of(
                        "RTY-2/fatal-error-stops",
                        "An error of the process is no attempt: the consumer stops, is DOWN, and resumes when told",
                        with(FailureKindCases::fatal)),
                Case.of(
                                "RTY-2/undecodable",
                                "What cannot be decoded never reaches a handler and is kept as it is",
                                with(FailureKindCases::undecodable))
                        .needs(Feature.BROWSE, Letters.REFUSED),
                Case.of(
                                "RTY-2/unknown-type",
                                "A type that a queue does not know is kept and the handler does not run",
                                with(FailureKindCases::unknownType))
                        .needs(Feature.BROWSE, Letters.REFUSED),
                Case.of(
                                "RTY-2/unknown-type-of-a-topic",
                                "A subscription skips a type that it does not know",
                                with(FailureKindCases::unknownTypeOfTopic))
                        .needs(Feature.TOPICS),
                Case.of(
                        "RTY-1/errors-are-failures",
                        "A handler that throws an Error has failed like any other, and the consumer goes on",
                        with(FailureKindCases::errors)),
                Case.of(
                        "RTY-1/failing-middleware",
                        "A middleware that throws has failed the attempt",
                        with(FailureKindCases::middleware)),
                Case.of(
                        "RTY-3/nothing-leaks",
                        "What a run does to the payload, its thread or its sends is gone at the next",
                        with(FailureKindCases::nothingLeaks)),
                Case.of(
                        "RTY-3/headers-are-fixed",
                        "A handler cannot change the headers that the next run sees",
                        with(FailureKindCases::headersAreFixed)));
    }

    private static void permanent(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            throw HandlingException.permanent("no such account");
        });
        clients.start(queue.consumer().retry(THREE), runs);
        clients.send(queue, "x");
        runs.await(1);
        runs.noMore();
        if (clients.client().capabilities().has(Feature.BROWSE)) {
            DeadLetter letter = Letters.await(clients, queue, 1).get(0);
            assertThat(letter.reason()).isEqualTo("PERMANENT");
            assertThat(letter.error()).isEqualTo("no such account");
            assertThat(letter.attempts()).isEqualTo(1);
        }
    }

    @SuppressWarnings("unchecked")
    private static void permanentClass(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            switch (payload) {
                case "direct" -> throw new IOException("gone");
                case "wrapped" -> throw new IllegalStateException(new UncheckedIOException(new IOException("gone")));
                default -> throw new IllegalStateException("not yet");
            }
        });
        clients.start(queue.consumer().retry(THREE.permanent(IOException.class)), runs);
        clients.send(queue, "direct", "wrapped", "other");
        runs.await(5);
        runs.noMore();
        assertThat(runs.attempts("direct")).containsExactly(1);
        assertThat(runs.attempts("wrapped")).containsExactly(1);
        assertThat(runs.attempts("other")).containsExactly(1, 2, 3);
    }

    private static void busy(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Duration delay = Duration.ofMillis(300);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        Runs runs = clients.runs((payload, context) -> {
            seen.add(payload);
            long before = seen.stream().filter(payload::equals).count();
            if (before <= 2) {
                throw payload.equals("busy")
                        ? HandlingException.busy(delay)
                        : HandlingException.retryAfter(delay, null);
            }
            throw new IllegalStateException("now a real failure");
        });
        clients.start(queue.consumer().retry(RetryPolicy.none().inPlace(1)), runs);
        clients.send(queue, "busy", "later");
        runs.await(8);
        runs.noMore();
        for (String payload : List.of("busy", "later")) {
            assertThat(runs.attempts(payload)).as("attempts of " + payload).containsExactly(1, 1, 1, 2);
            List<Runs.Run> all = runs.of(payload);
            long nanos = all.get(2).atNanos() - all.get(0).atNanos();
            assertThat(Duration.ofNanos(nanos))
                    .as("between the first and the third run of " + payload)
                    .isGreaterThanOrEqualTo(delay.multipliedBy(2).minusMillis(4));
        }
    }

    private static void undecodable(Clients clients) {
        QueueSpec<String> text = clients.queue();
        byte[] noText = {(byte) 0xC3, (byte) 0x28, 0, (byte) 0xFF};
        clients.another().queue(QueueSpec.of(text.name(), byte[].class)).send(noText);
        MessageQueue<String> queue = clients.client().queue(text);
        Runs runs = clients.runs();
        clients.start(queue.consumer().retry(THREE), runs);
        clients.send(queue, "text");
        DeadLetter letter = Letters.await(clients, queue, 1).get(0);
        assertThat(letter.reason()).isEqualTo("UNDECODABLE");
        assertThat(letter.original().bodyArray()).isEqualTo(noText);
        assertThat(letter.attempts()).as("attempts: the handler never ran").isLessThanOrEqualTo(1);
        runs.exactly("text");
    }

    private static void unknownType(Clients clients) {
        QueueSpec<Shapes.Circle> circles = clients.queue(Shapes.Circle.class);
        clients.connect(Map.of(), Shapes.CODEC).queue(circles).send(new Shapes.Circle("c"));
        MessageQueue<Shapes.Square> squares =
                clients.connect(Map.of(), Shapes.CODEC).queue(QueueSpec.of(circles.name(), Shapes.Square.class));
        Queue<Shapes.Square> got = new ConcurrentLinkedQueue<>();
        clients.stopInTheEnd(squares.consume(square -> {
            got.add(square);
        }));
        squares.send(new Shapes.Square("s"));
        DeadLetter letter = Letters.await(clients, squares, 1).get(0);
        assertThat(letter.reason()).isEqualTo("UNKNOWN_TYPE");
        assertThat(letter.original().type()).contains("circle");
        clients.trial().eventually("the known type is handled", Trial.SIGNAL, () -> got.size() == 1);
        assertThat(got).containsExactly(new Shapes.Square("s"));
    }

    private static void unknownTypeOfTopic(Clients clients) {
        TopicSpec<String> names = clients.topic("squares");
        var circles = clients.connect(Map.of(), Shapes.CODEC).topic(TopicSpec.of(names.name(), Shapes.Circle.class));
        MessageTopic<Shapes.Square> squares =
                clients.connect(Map.of(), Shapes.CODEC).topic(TopicSpec.of(names.name(), Shapes.Square.class));
        Queue<Shapes.Square> got = new ConcurrentLinkedQueue<>();
        var subscription = squares.subscription("squares");
        clients.stopInTheEnd(subscription.consume(square -> {
            got.add(square);
        }));
        clients.awaitVisible();
        circles.send(new Shapes.Circle("c"));
        squares.send(new Shapes.Square("s"));
        clients.trial().eventually("the known type is handled", Trial.SIGNAL, () -> got.size() == 1);
        clients.trial().pass(Trial.SILENCE);
        assertThat(got).containsExactly(new Shapes.Square("s"));
        if (clients.client().capabilities().has(Feature.BROWSE)) {
            assertThat(Letters.of(subscription))
                    .as("dead letters of what was skipped")
                    .isEmpty();
        }
    }

    private static void errors(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            switch (payload) {
                case "assertion" -> throw new AssertionError("wrong");
                case "stack" -> throw new StackOverflowError();
                case "interrupted" -> throw new InterruptedException("of its own");
                default -> {}
            }
        });
        clients.start(queue.consumer().retry(THREE), runs);
        clients.send(queue, "assertion", "stack", "interrupted", "good");
        runs.await(10);
        runs.noMore();
        for (String payload : List.of("assertion", "stack", "interrupted")) {
            assertThat(runs.attempts(payload)).as("attempts of " + payload).containsExactly(1, 2, 3);
        }
        assertThat(runs.handled()).containsExactly("good");
    }

    private static void fatal(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        AtomicBoolean broken = new AtomicBoolean(true);
        Runs runs = clients.runs((payload, context) -> {
            if (broken.getAndSet(false)) {
                throw new NoClassDefFoundError("Missing");
            }
        });
        MessageConsumer consumer = clients.start(queue.consumer().retry(THREE), runs);
        clients.send(queue, "x");
        clients.trial()
                .eventually(
                        "a consumer whose handler lacks a class is DOWN",
                        Trial.SIGNAL,
                        () -> consumer.health().status() == Health.Status.DOWN);
        consumer.resume();
        runs.awaitHandled(1);
        assertThat(runs.attempts("x"))
                .as("attempts, of which a fatal error is none")
                .containsExactly(1, 1);
        assertThat(runs.handled()).containsExactly("x");
    }

    private static void middleware(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
        Runs runs = clients.runs();
        clients.start(
                queue.consumer().retry(THREE).use(Stage.HANDLER, (context, next) -> {
                    attempts.add(context.attempt());
                    if (context.attempt() < 3) {
                        throw new IllegalStateException("the middleware's own");
                    }
                    next.proceed();
                }),
                runs);
        clients.send(queue, "x");
        runs.exactly("x");
        assertThat(attempts).containsExactly(1, 2, 3);
    }

    private static void nothingLeaks(Clients clients) {
        QueueSpec<byte[]> spec = clients.queue(byte[].class);
        MessageQueue<byte[]> queue = clients.client().queue(spec);
        QueueSpec<String> out = clients.queue();
        Runs sent = clients.runs();
        clients.start(clients.client().queue(out).consumer(), sent);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        clients.stopInTheEnd(queue.consumer().retry(THREE).start((payload, context) -> {
            seen.add(payload[0] + " interrupted=" + Thread.currentThread().isInterrupted());
            payload[0] = 99;
            if (context.attempt() < 3) {
                context.send(out, "of a failed run");
                Thread.currentThread().interrupt();
                throw new IllegalStateException("not yet");
            }
            context.send(out, "of the last run");
        }));
        queue.send(new byte[] {1});
        sent.exactly("of the last run");
        assertThat(seen).containsExactly("1 interrupted=false", "1 interrupted=false", "1 interrupted=false");
    }

    private static void headersAreFixed(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            try {
                context.message().headers().put("tenant", "changed");
                context.message().headers().put("new", "header");
            } catch (UnsupportedOperationException e) {
                // As good as a change that nobody sees.
            }
            context.message().bodyArray();
            if (context.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        clients.start(
                queue.consumer().retry(RetryPolicy.delays(Duration.ofMillis(50)).attempts(3)), runs);
        clients.send(queue, Outgoing.of("x").header("tenant", "a"));
        runs.await(3);
        runs.noMore();
        assertThat(runs.all())
                .allSatisfy(
                        run -> assertThat(run.message().headers()).as("%s", run).isEqualTo(Map.of("tenant", "a")));
        assertThat(runs.all().stream().map(Runs.Run::id).distinct()).hasSize(1);
    }
}

package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.HandlingException;
import io.anyqueue.Message;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.TimeScale;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Questions and answers between clients (rules EXP-1, ERR-1, RTY-1). */
final class RequestCases {
    private static final Duration LONG = TimeScale.scaled(Duration.ofSeconds(30));
    private static final Duration SHORT = Duration.ofSeconds(3);

    private RequestCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "RTY-1/request-is-answered",
                        "A question is answered by another client, and the handler runs once",
                        with(RequestCases::answered)),
                Case.of(
                        "RTY-1/request-each-its-own",
                        "Of many questions from two clients at once each gets its own answer",
                        with(RequestCases::eachItsOwn)),
                Case.of(
                        "RTY-1/request-after-a-retry",
                        "A retry that succeeds in time answers",
                        with(RequestCases::afterARetry)),
                Case.of(
                        "ERR-1/request-fails",
                        "A handler that gives up is heard of at once, with its text",
                        with(RequestCases::fails)),
                Case.of(
                        "EXP-1/request-times-out",
                        "Without an answer the wait ends with the time-out, and a late answer harms nobody",
                        with(RequestCases::timesOut)),
                Case.of(
                        "EXP-1/request-expires",
                        "A question whose time is up is not handled",
                        with(RequestCases::expires)),
                Case.of(
                        "ERR-1/request-wrongly",
                        "Null, no time, and a closed client are refused",
                        with(RequestCases::wrongly)),
                Case.of(
                        "LIF-2/request-and-close",
                        "Closing the client ends its waiting questions with CLOSED",
                        with(RequestCases::andClose)));
    }

    /** Another client that answers with the question and a mark. */
    private static Runs answering(Clients clients, QueueSpec<String> spec) {
        Runs runs = clients.runs((payload, context) -> context.reply(payload + "!"));
        clients.start(clients.another().queue(spec).consumer().concurrency(4), runs);
        return runs;
    }

    private static void answered(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        Runs runs = answering(clients, spec);
        assertThat(clients.client().request(spec, "a", String.class, LONG)).isEqualTo("a!");
        runs.exactly("a");
        Message question = runs.all().get(0).message();
        assertThat(question.replyTo()).as("where to reply").isPresent();
        assertThat(question.expiresAtMillis()).isEqualTo(question.createdAtMillis() + LONG.toMillis());
    }

    private static void eachItsOwn(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        Runs runs = answering(clients, spec);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        List<String> questions = new ArrayList<>();
        for (QueueClient client : List.of(clients.another(), clients.another())) {
            for (int i = 0; i < 30; i++) {
                String question = "q" + questions.size();
                questions.add(question);
                answers.add(client.requestAsync(spec, question, String.class, LONG));
            }
        }
        for (int i = 0; i < questions.size(); i++) {
            assertThat(answers.get(i).get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(questions.get(i) + "!");
        }
        runs.exactly(questions);
    }

    private static void afterARetry(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        Runs runs = clients.runs((payload, context) -> {
            context.reply("attempt " + context.attempt());
            if (context.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        clients.start(
                clients.another()
                        .queue(spec)
                        .consumer()
                        .retry(RetryPolicy.none().inPlace(2)),
                runs);
        assertThat(clients.client().request(spec, "a", String.class, LONG)).isEqualTo("attempt 3");
    }

    private static void fails(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        Runs runs = clients.runs((payload, context) -> {
            context.reply("of a run that failed");
            throw payload.equals("permanent")
                    ? HandlingException.permanent("no such account")
                    : new IllegalStateException("no funds");
        });
        clients.start(
                clients.another()
                        .queue(spec)
                        .consumer()
                        .retry(RetryPolicy.none().inPlace(1)),
                runs);
        long began = System.nanoTime();
        QueueException permanent = Refused.with(
                "a question whose handler gives up",
                () -> clients.client().request(spec, "permanent", String.class, LONG),
                ErrorCode.HANDLER_FAILED);
        assertThat(permanent).hasMessageContaining("no such account");
        QueueException exhausted = Refused.with(
                "a question whose attempts are used up",
                () -> clients.client().request(spec, "exhausted", String.class, LONG),
                ErrorCode.HANDLER_FAILED);
        assertThat(exhausted).hasMessageContaining("no funds");
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("until both were heard of")
                .isLessThan(LONG);
        assertThat(runs.all()).hasSize(3);
    }

    private static void timesOut(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        var end = clients.latch();
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("slow")) {
                end.await();
            }
            context.reply(payload + "!");
        });
        clients.start(clients.another().queue(spec).consumer().concurrency(2), runs);
        // A question expires with the wait for its answer, so the consumer has to be at work.
        assertThat(clients.client().request(spec, "first", String.class, LONG)).isEqualTo("first!");
        long began = System.nanoTime();
        Refused.with(
                "a question without an answer",
                () -> clients.client().request(spec, "slow", String.class, SHORT),
                ErrorCode.TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("until the wait ended")
                .isGreaterThanOrEqualTo(SHORT.minusMillis(5))
                .isLessThan(LONG);
        end.countDown();
        clients.trial()
                .eventually(
                        "the slow handler ends",
                        Trial.SIGNAL,
                        () -> runs.handled().contains("slow"));
        assertThat(clients.client().request(spec, "next", String.class, LONG)).isEqualTo("next!");
    }

    private static void expires(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        Refused.with(
                "a question that nobody handles",
                () -> clients.client().request(spec, "too late", String.class, SHORT),
                ErrorCode.TIMEOUT);
        Runs runs = clients.runs();
        clients.start(clients.another().queue(spec).consumer(), runs);
        clients.send(queue, "no question");
        runs.await(1);
        runs.noMore();
        assertThat(runs.payloads()).containsExactly("no question");
    }

    private static void wrongly(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        QueueClient client = clients.another();
        Refused.invalid("no time", () -> client.request(spec, "a", String.class, Duration.ZERO));
        Refused.invalid(
                "no question", () -> client.request(spec, Refused.<String>nothing(() -> null), String.class, LONG));
        Refused.invalid("no class", () -> client.request(spec, "a", Refused.<Class<String>>nothing(() -> null), LONG));
        Refused.invalid("no time-out", () -> client.request(spec, "a", String.class, Refused.nothing(() -> null)));
        client.close();
        Refused.with("a closed client", () -> client.request(spec, "a", String.class, LONG), ErrorCode.CLOSED);
    }

    private static void andClose(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        QueueClient client = clients.another();
        CompletableFuture<String> answer = client.requestAsync(spec, "a", String.class, Duration.ofMinutes(10));
        client.close();
        assertThat(answer)
                .failsWithin(TimeScale.scaled(Trial.SIGNAL))
                .withThrowableThat()
                .havingCause()
                .extracting("code")
                .isEqualTo(ErrorCode.CLOSED);
    }
}

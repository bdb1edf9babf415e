package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.Runs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How often and when a failing handler runs (rule RTY-1): the policy says so, and nothing else. */
final class RetryCases {
    private static final Duration SHORT = Duration.ofMillis(100);

    private RetryCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "RTY-1/none",
                        "Without retries a failing handler runs once",
                        with(clients -> exactRuns(clients, RetryPolicy.none(), 1))),
                Case.of(
                        "RTY-1/in-place",
                        "Two retries in place are three runs",
                        with(clients -> exactRuns(clients, RetryPolicy.none().inPlace(2), 3))),
                Case.of(
                        "RTY-1/delayed",
                        "Three delays are four runs",
                        with(clients -> exactRuns(clients, delays(clients, SHORT, SHORT, SHORT), 4))),
                Case.of(
                        "RTY-1/in-place-and-delayed",
                        "One retry in place and two delays are four runs",
                        with(clients ->
                                exactRuns(clients, delays(clients, SHORT, SHORT).inPlace(1), 4))),
                Case.of(
                        "RTY-1/blocking",
                        "Two blocking delays are three runs",
                        with(clients -> exactRuns(clients, RetryPolicy.blocking(SHORT, SHORT), 3))),
                Case.of(
                        "RTY-1/attempts",
                        "The number of attempts repeats the last delay",
                        with(clients ->
                                exactRuns(clients, delays(clients, SHORT).attempts(4), 4))),
                Case.of(
                        "RTY-1/within",
                        "Growing delays end with the total time, and not before",
                        with(RetryCases::within)),
                Case.of(
                        "RTY-1/not-early",
                        "No retry begins before its delay is over, and all begin soon after",
                        with(RetryCases::notEarly)),
                Case.of(
                        "RTY-1/two-clients",
                        "The number of runs is the policy's, however many clients compete",
                        with(RetryCases::twoClients)),
                Case.of("RTY-1/success-ends-it", "A run that succeeds is the last", with(RetryCases::successEndsIt)),
                Case.of(
                        "RTY-1/others-go-on",
                        "A message that waits for its retry holds nobody up",
                        with(RetryCases::othersGoOn)),
                Case.of(
                        "RTY-1/dropped",
                        "Where dropping was asked for there is no dead letter",
                        with(RetryCases::dropped)));
    }

    /** A policy with delays, where the broker can keep it; else it must be refused. */
    private static RetryPolicy delays(Clients clients, Duration... delays) {
        RetryPolicy policy = RetryPolicy.delays(delays);
        Capabilities capabilities = clients.client().capabilities();
        boolean canWait = capabilities.has(Feature.DELAYED_SEND)
                || (capabilities.has(Feature.DELAYED_RELEASE) && capabilities.has(Feature.ATTEMPTS_KEPT));
        if (!canWait) {
            MessageQueue<String> queue = clients.client().queue(clients.queue());
            Refused.with(
                    "a policy with delays",
                    () -> clients.start(queue.consumer().retry(policy), clients.runs()),
                    ErrorCode.UNSUPPORTED);
            throw new NotSupported("delayed retries cannot be had on " + capabilities.broker());
        }
        return policy;
    }

    private static Runs failing(Clients clients) {
        return clients.runs((payload, context) -> {
            throw new IllegalStateException("always");
        });
    }

    private static void exactRuns(Clients clients, RetryPolicy policy, int expected) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = failing(clients);
        clients.start(queue.consumer().retry(policy), runs);
        List<String> payloads = numbered("m", 3);
        clients.sendAll(queue, payloads);
        runs.await(3 * expected);
        runs.noMore();
        for (String payload : payloads) {
            assertThat(runs.attempts(payload))
                    .as("attempts of " + payload)
                    .containsExactlyElementsOf(java.util.stream.IntStream.rangeClosed(1, expected)
                            .boxed()
                            .toList());
        }
    }

    private static void within(Clients clients) {
        Duration total = Duration.ofSeconds(4);
        delays(clients, SHORT);
        RetryPolicy policy = RetryPolicy.exponential(Duration.ofMillis(200), 2, Duration.ofMillis(500))
                .within(total);
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = failing(clients);
        clients.start(queue.consumer().retry(policy), runs);
        clients.send(queue, "x");
        runs.await(3);
        clients.trial().pass(total);
        runs.noMore();
        int count = runs.all().size();
        assertThat(count).as("runs after 200, 400, 500, 500 … ms within 4 s").isBetween(3, 10);
        long last = runs.all().get(count - 1).atNanos() - runs.all().get(0).atNanos();
        // The retry was begun in time; that it is handled a little later is the broker's and the machine's.
        assertThat(Duration.ofNanos(last)).isLessThan(total.plusSeconds(2));
    }

    private static void notEarly(Clients clients) {
        Duration first = Duration.ofMillis(300);
        Duration second = Duration.ofMillis(600);
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = failing(clients);
        clients.start(queue.consumer().retry(delays(clients, first, second)), runs);
        clients.send(queue, "x");
        runs.await(3);
        assertGap(runs, 0, first);
        assertGap(runs, 1, second);
    }

    private static void assertGap(Runs runs, int index, Duration delay) {
        long nanos = runs.all().get(index + 1).atNanos() - runs.all().get(index).atNanos();
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        assertThat(millis)
                .as("milliseconds between runs %d and %d, with a delay of %s", index + 1, index + 2, delay)
                // A clock of whole milliseconds on either side may take one off; up to 20 % and a second are added.
                .isBetween(delay.toMillis() - 2, delay.toMillis() * 12 / 10 + 3_000);
    }

    private static void twoClients(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        RetryPolicy policy = delays(clients, SHORT, SHORT).inPlace(1);
        Runs runs = failing(clients);
        for (QueueClient client : List.of(clients.another(), clients.another())) {
            clients.start(client.queue(spec).consumer().concurrency(2).retry(policy), runs);
        }
        List<String> payloads = numbered("m", 10);
        clients.sendAll(clients.client().queue(spec), payloads);
        runs.await(40);
        runs.noMore();
        for (String payload : payloads) {
            assertThat(runs.attempts(payload)).as("attempts of " + payload).containsExactly(1, 2, 3, 4);
        }
    }

    private static void successEndsIt(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            if (context.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        clients.start(queue.consumer().retry(delays(clients, SHORT, SHORT, SHORT, SHORT)), runs);
        clients.send(queue, "x");
        runs.await(3);
        runs.noMore();
        assertThat(runs.attempts("x")).containsExactly(1, 2, 3);
        assertThat(runs.handled()).containsExactly("x");
    }

    private static void othersGoOn(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("bad")) {
                throw new IllegalStateException("not now");
            }
        });
        clients.start(queue.consumer().retry(delays(clients, Duration.ofMinutes(5))), runs);
        clients.send(queue, "bad");
        runs.await(1);
        List<String> good = numbered("m", 20);
        clients.sendAll(queue, good);
        runs.awaitHandled(20);
        assertThat(runs.handled()).containsExactlyInAnyOrderElementsOf(good);
    }

    private static void dropped(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = failing(clients);
        clients.start(queue.consumer().retry(RetryPolicy.none().inPlace(1)).whenExhausted(WhenExhausted.DROP), runs);
        clients.send(queue, "x");
        runs.await(2);
        runs.noMore();
        if (clients.client().capabilities().has(Feature.BROWSE)) {
            assertThat(Letters.of(queue)).as("dead letters").isEmpty();
        }
    }
}

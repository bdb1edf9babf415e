package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.TimeScale;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Delays, expiry and priorities through the client (rules DLY-1, DLY-2, EXP-1). */
final class TimingCases {
    private TimingCases() {}

    static List<Case> all() {
        return List.of(
                delay(
                        "DLY-1/not-early",
                        "A delayed message is not handled early, and soon when it is due",
                        TimingCases::notEarly),
                delay("DLY-1/at-a-time", "A message for a time is handled then", TimingCases::atATime),
                delay(
                        "DLY-2/short-overtakes-long",
                        "A short delay overtakes a long one, and none overtakes both",
                        TimingCases::overtakes),
                delay(
                        "DLY-2/sender-may-go",
                        "A delayed message outlives its sender's client",
                        TimingCases::senderMayGo),
                Case.of(
                        "DLY-2/zero-and-past",
                        "Zero and the past are at once, and a negative delay is refused",
                        with(TimingCases::zeroAndPast)),
                Case.of(
                        "EXP-1/expired-is-not-handled",
                        "What has expired before it could be handled is not handled",
                        with(TimingCases::expired)),
                Case.of(
                                "EXP-1/expired-letter",
                                "Where the setting says so, what has expired is a dead letter",
                                with(TimingCases::expiredLetter))
                        .needs(Feature.BROWSE, Letters.REFUSED),
                Case.of(
                        "EXP-1/expires-between-attempts",
                        "What expires while it waits for its retry is not run again",
                        with(TimingCases::betweenAttempts)),
                Case.of(
                                "RCV-1/priorities",
                                "Of what waits, higher priorities are handled first",
                                with(TimingCases::priorities))
                        .needs(Feature.PRIORITIES, spec -> spec.withPriorities(3), with(TimingCases::noPriorities)));
    }

    private static Case delay(String id, String title, Clients.Body body) {
        return Case.of(id, title, with(body))
                .needs(
                        Feature.DELAYED_SEND,
                        with(clients -> Refused.with(
                                "a delay",
                                () -> clients.client()
                                        .queue(clients.queue())
                                        .send(Outgoing.of("x").delay(Duration.ofSeconds(1))),
                                ErrorCode.UNSUPPORTED)));
    }

    private static void assertDue(long sentNanos, Runs.Run run, Duration delay) {
        Duration after = Duration.ofNanos(run.atNanos() - sentNanos);
        Duration latest = delay.plus(TimeScale.scaled(Duration.ofSeconds(2)));
        assertThat(after).as("from the send of %s to its handling", run).isBetween(delay.minusMillis(2), latest);
    }

    /** Waits until a consumer is at work: how long it takes to get there is no lateness. */
    private static void atWork(Clients clients, MessageQueue<String> queue, Runs runs) {
        clients.send(queue, "first");
        runs.exactly("first");
    }

    private static void notEarly(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        atWork(clients, queue, runs);
        Duration delay = Duration.ofMillis(1_200);
        long sent = System.nanoTime();
        clients.send(queue, Outgoing.of("late").delay(delay));
        clients.send(queue, "now");
        runs.exactly("first", "now", "late");
        assertThat(runs.payloads()).containsExactly("first", "now", "late");
        assertDue(sent, runs.all().get(2), delay);
    }

    private static void atATime(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        atWork(clients, queue, runs);
        Duration delay = Duration.ofMillis(600);
        long sent = System.nanoTime();
        clients.send(queue, Outgoing.of("x").deliverAt(Instant.now().plus(delay)));
        runs.exactly("first", "x");
        assertDue(sent, runs.all().get(1), delay);
    }

    private static void overtakes(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        atWork(clients, queue, runs);
        clients.send(queue, Outgoing.of("long").delay(Duration.ofMillis(3_500)));
        clients.send(queue, Outgoing.of("short").delay(Duration.ofMillis(1_200)));
        clients.send(queue, "none");
        runs.exactly("first", "none", "short", "long");
        assertThat(runs.payloads()).containsExactly("first", "none", "short", "long");
    }

    private static void senderMayGo(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        // Open before the sender goes: a broker in memory may end with its last client.
        MessageQueue<String> queue = clients.client().queue(spec);
        var sender = clients.another();
        clients.send(sender.queue(spec), Outgoing.of("x").delay(Duration.ofMillis(800)));
        sender.close();
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        runs.exactly("x");
    }

    private static void zeroAndPast(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        Outgoing<String> message = Outgoing.of("x");
        Refused.invalid("a negative delay", () -> message.delay(Duration.ofMillis(-1)));
        clients.send(queue, Outgoing.of("zero").delay(Duration.ZERO));
        clients.send(queue, Outgoing.of("past").deliverAt(Instant.now().minusSeconds(60)));
        clients.send(queue, Outgoing.of("long past").deliverAt(Instant.EPOCH));
        runs.exactly("zero", "past", "long past");
    }

    private static void expired(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        clients.send(queue, Outgoing.of("gone").expiresAfter(Duration.ofMillis(100)));
        clients.send(queue, Outgoing.of("good").expiresAfter(Duration.ofMinutes(10)));
        clients.trial().pass(Duration.ofMillis(200));
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        runs.exactly("good");
        if (clients.client().capabilities().has(Feature.BROWSE)) {
            assertThat(Letters.of(queue))
                    .as("dead letters, which were not asked for")
                    .isEmpty();
        }
    }

    private static void expiredLetter(Clients clients) {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.connect(
                        Map.of("anyqueue.consumer." + spec.name() + ".expired", "dead-letter"))
                .queue(spec);
        clients.send(queue, Outgoing.of("gone").expiresAfter(Duration.ofMillis(100)));
        clients.trial().pass(Duration.ofMillis(200));
        Runs runs = clients.runs();
        clients.start(queue.consumer(), runs);
        DeadLetter letter = Letters.await(clients, queue, 1).get(0);
        assertThat(letter.reason()).isEqualTo("EXPIRED");
        assertThat(runs.all()).isEmpty();
    }

    private static void betweenAttempts(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue());
        Runs runs = clients.runs((payload, context) -> {
            if (payload.equals("x")) {
                throw new IllegalStateException("always");
            }
        });
        Duration delay = Duration.ofMillis(3_500);
        clients.start(queue.consumer().retry(RetryPolicy.blocking(delay)), runs);
        atWork(clients, queue, runs);
        clients.send(queue, Outgoing.of("x").expiresAfter(Duration.ofSeconds(3)));
        runs.await(2);
        clients.trial().pass(delay.plus(Trial.SILENCE));
        runs.noMore();
        assertThat(runs.attempts("x")).containsExactly(1);
    }

    private static void priorities(Clients clients) {
        MessageQueue<String> queue = clients.client().queue(clients.queue().priorities(3));
        MessageConsumer consumer;
        Runs runs = clients.runs();
        for (int i = 0; i < 5; i++) {
            for (int priority = 0; priority < 3; priority++) {
                clients.send(queue, Outgoing.of("p" + priority).priority(priority));
            }
        }
        consumer = clients.start(queue.consumer(), runs);
        clients.trial()
                .eventually("15 are handled", Trial.SIGNAL, () -> runs.handled().size() >= 15);
        consumer.stop(Trial.SIGNAL);
        assertThat(runs.payloads())
                .containsExactly(
                        "p2", "p2", "p2", "p2", "p2", "p1", "p1", "p1", "p1", "p1", "p0", "p0", "p0", "p0", "p0");
    }

    private static void noPriorities(Clients clients) {
        Refused.with(
                "a queue with priorities",
                () -> clients.client().queue(clients.queue().priorities(3)),
                ErrorCode.UNSUPPORTED);
    }
}

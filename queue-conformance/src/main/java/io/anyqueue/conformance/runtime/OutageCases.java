package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.conformance.Interruption;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** The broker goes away and comes back, and nobody helps (rules LIF-3, LIF-4, SND-2, ERR-2). */
final class OutageCases {
    /** How long a consumer may take to be consuming again, and senders to send. */
    private static final Duration BACK = Duration.ofSeconds(30);

    private static final Duration AWAY = Duration.ofSeconds(4);

    private OutageCases() {}

    static List<Case> all() {
        return List.of(
                goesOn(
                        "LIF-3/outage",
                        "After an outage of the broker consumers consume again, and no confirmed message is lost",
                        Means.OUTAGE),
                goesOn(
                        "LIF-3/network-cut",
                        "After a cut of the network consumers consume again, and no confirmed message is lost",
                        Means.NETWORK_CUT),
                goesOn(
                        "LIF-3/restart",
                        "After a restart of the broker consumers consume again, and no confirmed message is lost",
                        Means.RESTART),
                Case.of("LIF-4/outage-is-seen", "During an outage health says so", with(OutageCases::seen))
                        .needs(Means.OUTAGE),
                Case.of(
                                "LIF-3/away-at-start",
                                "A broker that is away at the start is waited for",
                                with(OutageCases::awayAtStart))
                        .needs(Means.OUTAGE),
                Case.of(
                                "SND-6/outage-is-bounded",
                                "During an outage a full client refuses, and what it took is sent or fails",
                                with(OutageCases::bounded))
                        .needs(Means.OUTAGE),
                Case.of(
                                "ERR-2/nobody-there",
                                "Where no broker is, opening fails in time with UNAVAILABLE",
                                with(OutageCases::nobodyThere))
                        .needs(Means.UNREACHABLE),
                Case.of(
                                "ERR-2/wrong-credentials",
                                "Wrong credentials are UNAUTHENTICATED, in time, and no secret shows",
                                with(OutageCases::wrongCredentials))
                        .needs(Means.WRONG_CREDENTIALS));
    }

    private static Case goesOn(String id, String title, Means means) {
        return Case.of(
                        id,
                        title,
                        with(clients ->
                                goesOn(clients, clients.trial().adapter().interruption(means))))
                .needs(means);
    }

    private static void goesOn(Clients clients, Interruption interruption) throws Exception {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.client().queue(spec);
        Runs runs = clients.runs();
        clients.start(clients.another().queue(spec).consumer().concurrency(2), runs);
        Sends sends = new Sends();
        Thread sender = new Thread(() -> sends.untilTheEnd("m", queue), "conformance-sender");
        sender.setDaemon(true);
        sender.start();
        runs.await(20);
        interruption.begin();
        try {
            clients.trial().pass(AWAY);
        } finally {
            interruption.end();
        }
        int confirmed = sends.confirmed().size();
        int handled = runs.handled().size();
        clients.trial()
                .eventually(
                        () -> "sends are confirmed and handled again: before " + confirmed + " and " + handled
                                + ", now " + sends.confirmed().size() + " and "
                                + runs.handled().size(),
                        BACK,
                        () -> sends.confirmed().size() > confirmed + 20
                                && runs.handled().size() > handled + 20);
        sends.end();
        clients.trial().eventually("the sender ends", BACK, () -> !sender.isAlive());
        clients.trial()
                .eventually(
                        () -> "every confirmed message is handled; missing " + missing(sends, runs),
                        BACK.multipliedBy(2),
                        () -> new HashSet<>(runs.handled()).containsAll(sends.confirmed()));
        assertThat(sends.unexpected()).as("failures that no outage explains").isEmpty();
        HashSet<String> invented = new HashSet<>(runs.payloads());
        invented.removeAll(sends.confirmed());
        invented.removeAll(sends.unknown());
        assertThat(invented).as("handled though certainly not stored").isEmpty();
    }

    private static List<String> missing(Sends sends, Runs runs) {
        HashSet<String> missing = new HashSet<>(sends.confirmed());
        missing.removeAll(new HashSet<>(runs.handled()));
        return missing.stream().limit(20).toList();
    }

    private static void seen(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        QueueClient client = clients.client();
        Runs runs = clients.runs();
        MessageConsumer consumer = clients.start(client.queue(spec).consumer(), runs);
        clients.send(client.queue(spec), "x");
        runs.await(1);
        Interruption outage = clients.trial().adapter().interruption(Means.OUTAGE);
        outage.begin();
        try {
            clients.trial()
                    .eventually(
                            () -> "health tells of the outage; it is " + client.health() + ", " + consumer.health(),
                            BACK,
                            () -> client.health().status() != Health.Status.UP
                                    && !client.health().notes().isEmpty());
        } finally {
            outage.end();
        }
        clients.trial()
                .eventually(
                        () -> "health is UP again; it is " + client.health(),
                        BACK,
                        () -> client.health().status() == Health.Status.UP);
    }

    private static void awayAtStart(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        Interruption outage = clients.trial().adapter().interruption(Means.OUTAGE);
        outage.begin();
        Runs runs = clients.runs();
        Thread starting =
                new Thread(() -> clients.start(clients.another().queue(spec).consumer(), runs), "conformance-start");
        starting.setDaemon(true);
        try {
            Refused.with(
                    "opening, where it shall not wait",
                    () -> clients.connect(Map.of("anyqueue.start", "fail")).queue(spec),
                    ErrorCode.UNAVAILABLE,
                    ErrorCode.TIMEOUT);
            starting.start();
            clients.trial().pass(AWAY);
        } finally {
            outage.end();
        }
        clients.trial().eventually("the consumer is started", BACK, () -> !starting.isAlive());
        clients.send(clients.client().queue(spec), "x");
        runs.exactly("x");
    }

    private static void bounded(Clients clients) throws Exception {
        QueueSpec<String> spec = clients.queue();
        MessageQueue<String> queue = clients.connect(
                        Map.of("anyqueue.send.messages", "10", "anyqueue.send.when-full", "fail"))
                .queue(spec);
        clients.send(queue, "before");
        Interruption outage = clients.trial().adapter().interruption(Means.OUTAGE);
        outage.begin();
        List<String> payloads = numbered("m", 30);
        var sent = payloads.stream().map(queue::sendAsync).toList();
        try {
            clients.trial().pass(AWAY);
            long refused = sent.stream()
                    .filter(each -> each.isCompletedExceptionally()
                            && each.handle((id, e) -> e).join() instanceof QueueException why
                            && why.code() == ErrorCode.RESOURCE_EXHAUSTED)
                    .count();
            assertThat(refused).as("refused, with room for 10 of 30").isGreaterThanOrEqualTo(20);
        } finally {
            outage.end();
        }
        clients.trial()
                .eventually(
                        "every send has a result",
                        Duration.ofSeconds(45),
                        () -> sent.stream().allMatch(each -> each.isDone()));
        Runs runs = clients.runs();
        clients.start(clients.client().queue(spec).consumer(), runs);
        clients.trial().eventually("what is sent after the outage", BACK, () -> {
            try {
                return !queue.send("after").isEmpty();
            } catch (QueueException e) {
                return false;
            }
        });
        clients.trial()
                .eventually("it is handled", Trial.SIGNAL, () -> runs.handled().contains("after"));
        for (int i = 0; i < payloads.size(); i++) {
            if (!sent.get(i).isCompletedExceptionally()) {
                String confirmed = payloads.get(i);
                clients.trial()
                        .eventually(
                                "what was confirmed is handled: " + confirmed,
                                Trial.SIGNAL,
                                () -> runs.payloads().contains(confirmed));
            }
        }
    }

    private static void nobodyThere(Clients clients) {
        long began = System.nanoTime();
        QueueException refusal = Refused.with(
                "a queue of a broker that is not there",
                () -> {
                    try (QueueClient client = QueueClient.connect(io.anyqueue.ClientOptions.of(
                                    clients.trial().adapter().unreachable())
                            .set("anyqueue.start", "fail"))) {
                        client.queue(clients.queue());
                    }
                },
                ErrorCode.UNAVAILABLE,
                ErrorCode.TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("until it failed: %s", refusal)
                .isLessThan(BACK);
    }

    private static void wrongCredentials(Clients clients) {
        Map<String, String> wrong = clients.trial().adapter().wrongCredentials();
        long began = System.nanoTime();
        QueueException refusal = Refused.with(
                "a queue with wrong credentials",
                () -> clients.connect(wrong).queue(clients.queue()),
                ErrorCode.UNAUTHENTICATED);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(BACK);
        wrong.forEach((key, value) -> {
            if (key.endsWith("password")) {
                for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
                    assertThat(String.valueOf(cause.getMessage()))
                            .as("a message with the password")
                            .doesNotContain(value);
                }
            }
        });
    }
}

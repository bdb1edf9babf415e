package io.anyqueue.conformance.runtime;

import static io.anyqueue.conformance.kit.Clients.numbered;
import static io.anyqueue.conformance.kit.Clients.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ConsumerBuilder;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.StartAt;
import io.anyqueue.TopicSpec;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Clients;
import io.anyqueue.conformance.kit.Runs;
import io.anyqueue.conformance.kit.Trial;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Topics and subscriptions through the client (rules RCV-1, RCV-2). */
final class TopicCases {
    private TopicCases() {}

    static List<Case> all() {
        return List.of(
                topic(
                        "RCV-1/each-subscription",
                        "Each subscription handles every message, and its clients share",
                        TopicCases::eachSubscription),
                topic(
                        "RCV-1/topics-are-apart",
                        "Two topics with subscriptions of one name are not mixed",
                        TopicCases::topicsApart),
                topic(
                        "RCV-1/own-retries",
                        "The retries of one subscription are not seen by another",
                        TopicCases::ownRetries),
                topic(
                        "RCV-2/while-nobody-consumes",
                        "A subscription collects what is sent while nobody consumes from it",
                        TopicCases::whileNobodyConsumes),
                topic(
                        "RCV-2/from-its-declaration",
                        "A subscription begins with its declaration",
                        TopicCases::fromDeclaration),
                replay(
                        "RET-1/from-the-beginning",
                        "A new subscription gets what the topic retains from before its declaration, once",
                        TopicCases::fromBeginning),
                replay(
                        "RET-1/from-a-time",
                        "A new subscription gets what was sent from a time on",
                        TopicCases::fromTime),
                replay(
                        "RET-1/begun-is-begun",
                        "A subscription that was consumed goes on where it was, whatever beginning is asked for",
                        TopicCases::begunIsBegun),
                replay(
                        "RET-1/retained",
                        "What others handled is there for a new subscription, and a delayed message comes once",
                        TopicCases::retained),
                topic(
                        "RET-1/no-replay",
                        "A beginning in the past is refused where nothing is retained",
                        TopicCases::noReplay),
                topic(
                        "RCV-1/names",
                        "A name is a queue or a topic, and reserved subscriptions are refused",
                        TopicCases::names));
    }

    private static Case topic(String id, String title, Clients.Body body) {
        return Case.of(id, title, with(body))
                .needs(
                        Feature.TOPICS,
                        with(clients -> Refused.with(
                                "a topic", () -> clients.client().topic(clients.topic()), ErrorCode.UNSUPPORTED)));
    }

    private static void eachSubscription(Clients clients) {
        TopicSpec<String> spec = clients.topic("audit", "mail");
        Runs audit = clients.runs();
        Runs mail = clients.runs();
        for (QueueClient client : List.of(clients.another(), clients.another())) {
            clients.start(client.topic(spec).subscription("audit").consumer().concurrency(2), audit);
        }
        clients.start(clients.another().topic(spec).subscription("mail").consumer(), mail);
        clients.awaitVisible();
        MessageTopic<String> topic = clients.client().topic(spec);
        List<String> payloads = numbered("m", 60);
        payloads.forEach(payload -> clients.send(topic, payload));
        audit.exactly(payloads);
        mail.exactly(payloads);
    }

    private static void topicsApart(Clients clients) {
        MessageTopic<String> a = clients.client().topic(clients.topic("audit"));
        MessageTopic<String> b = clients.client().topic(clients.topic("audit"));
        Runs fromA = clients.runs();
        Runs fromB = clients.runs();
        clients.start(a.subscription("audit").consumer(), fromA);
        clients.start(b.subscription("audit").consumer(), fromB);
        clients.awaitVisible();
        clients.send(a, "to a");
        clients.send(b, "to b");
        fromA.exactly("to a");
        fromB.exactly("to b");
    }

    private static void ownRetries(Clients clients) {
        MessageTopic<String> topic = clients.client().topic(clients.topic("bad", "good"));
        Runs good = clients.runs();
        Runs bad = clients.runs((payload, context) -> {
            throw new IllegalStateException("always");
        });
        clients.start(topic.subscription("good").consumer(), good);
        clients.start(
                topic.subscription("bad")
                        .consumer()
                        .retry(RetryPolicy.delays(Duration.ofMillis(100)).inPlace(1)),
                bad);
        clients.awaitVisible();
        clients.send(topic, "x");
        bad.await(3);
        bad.noMore();
        assertThat(bad.attempts("x")).containsExactly(1, 2, 3);
        good.exactly("x");
    }

    private static void whileNobodyConsumes(Clients clients) {
        TopicSpec<String> spec = clients.topic("audit");
        QueueClient first = clients.another();
        MessageConsumer consumer = first.topic(spec).subscription("audit").consume(payload -> {});
        clients.awaitVisible();
        consumer.stop(Trial.SIGNAL);
        first.close();
        MessageTopic<String> topic = clients.client().topic(spec);
        List<String> payloads = numbered("m", 10);
        payloads.forEach(payload -> clients.send(topic, payload));
        Runs runs = clients.runs();
        clients.start(clients.another().topic(spec).subscription("audit").consumer(), runs);
        runs.exactly(payloads);
    }

    private static void fromDeclaration(Clients clients) {
        MessageTopic<String> topic = clients.client().topic(clients.topic("early", "late"));
        Runs early = clients.runs();
        clients.start(topic.subscription("early").consumer(), early);
        clients.awaitVisible();
        clients.send(topic, "before");
        early.await(1);
        Runs late = clients.runs();
        clients.start(topic.subscription("late").consumer(), late);
        clients.awaitVisible();
        clients.send(topic, "after");
        late.exactly("after");
        early.exactly("before", "after");
    }

    private static Case replay(String id, String title, Clients.Body body) {
        return Case.of(id, title, with(body)).needs(Feature.REPLAY, with(TopicCases::noReplay));
    }

    private static void fromBeginning(Clients clients) {
        TopicSpec<String> spec = clients.topic("late").retained(Duration.ofDays(1));
        MessageTopic<String> topic = clients.client().topic(spec);
        List<String> before = numbered("before", 30);
        before.forEach(payload -> clients.send(topic, payload));
        Runs runs = clients.runs();
        clients.start(late(clients, spec).from(StartAt.beginning()), runs);
        runs.await(30);
        clients.send(topic, "after");
        List<String> all = new ArrayList<>(before);
        all.add("after");
        runs.exactly(all);
    }

    private static void fromTime(Clients clients) {
        TopicSpec<String> spec = clients.topic("late").retained(Duration.ofDays(1));
        MessageTopic<String> topic = clients.client().topic(spec);
        numbered("before", 10).forEach(payload -> clients.send(topic, payload));
        clients.trial().pass(Duration.ofMillis(50));
        Instant from = Instant.ofEpochMilli(clients.trial().now());
        clients.trial().pass(Duration.ofMillis(50));
        List<String> after = numbered("after", 10);
        after.forEach(payload -> clients.send(topic, payload));
        Runs runs = clients.runs();
        clients.start(late(clients, spec).from(StartAt.at(from)), runs);
        runs.exactly(after);
    }

    private static void begunIsBegun(Clients clients) {
        TopicSpec<String> spec = clients.topic("late").retained(Duration.ofDays(1));
        MessageTopic<String> topic = clients.client().topic(spec);
        clients.send(topic, "a");
        Runs first = clients.runs();
        MessageConsumer consumer = clients.start(late(clients, spec).from(StartAt.beginning()), first);
        first.exactly("a");
        assertThat(consumer.stop(Trial.SIGNAL)).isTrue();
        clients.send(topic, "b");
        Runs second = clients.runs();
        clients.start(late(clients, spec).from(StartAt.beginning()), second);
        second.exactly("b");
    }

    private static void retained(Clients clients) {
        TopicSpec<String> spec = clients.topic("early", "late").retained(Duration.ofDays(1));
        MessageTopic<String> topic = clients.client().topic(spec);
        Runs early = clients.runs();
        clients.start(topic.subscription("early").consumer(), early);
        clients.awaitVisible();
        List<String> payloads = numbered("m", 20);
        payloads.forEach(payload -> clients.send(topic, payload));
        if (clients.client().capabilities().has(Feature.DELAYED_SEND)) {
            clients.send(topic, Outgoing.of("d").delay(Duration.ofMillis(300)));
            payloads = new ArrayList<>(payloads);
            payloads.add("d");
        }
        early.exactly(payloads);
        Runs late = clients.runs();
        clients.start(late(clients, spec).from(StartAt.beginning()), late);
        late.exactly(payloads);
    }

    private static ConsumerBuilder<String> late(Clients clients, TopicSpec<String> spec) {
        return clients.another().topic(spec).subscription("late").consumer();
    }

    private static void noReplay(Clients clients) {
        QueueClient client = clients.client();
        MessageTopic<String> topic = client.topic(clients.topic("audit"));
        if (client.capabilities().has(Feature.REPLAY)) {
            throw new io.anyqueue.conformance.kit.NotSupported("messages can be replayed here");
        }
        Refused.with(
                "from the beginning",
                () -> topic.subscription("audit")
                        .consumer()
                        .from(StartAt.beginning())
                        .start(payload -> {}),
                ErrorCode.UNSUPPORTED);
        Refused.with(
                "a retained topic",
                () -> client.topic(clients.topic().retained(Duration.ofDays(1))),
                ErrorCode.UNSUPPORTED);
    }

    private static void names(Clients clients) {
        QueueClient client = clients.client();
        QueueSpec<String> queue = clients.queue();
        client.queue(queue);
        Refused.with(
                "a topic of the name of an open queue",
                () -> client.topic(queue.name(), String.class),
                ErrorCode.INVALID_ARGUMENT,
                ErrorCode.CONFLICT);
        MessageTopic<String> topic = client.topic(clients.topic());
        for (String name : List.of("dlq", "retry", "delay", "replies", "s1", "", "a b", "a--b")) {
            Refused.invalid("subscription '" + name + "'", () -> topic.subscription(name));
        }
    }
}

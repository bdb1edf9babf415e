package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.Refusal;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.util.ArrayList;
import java.util.List;

/** Topics and their subscriptions (rules RCV-1, RCV-2). */
final class TopicCases {
    private TopicCases() {}

    static List<Case> all() {
        return List.of(
                topics("RCV-1/each-subscription-gets-all", "Each subscription gets every message", TopicCases::eachAll),
                topics(
                        "RCV-1/only-what-comes-after",
                        "A subscription gets nothing that was sent before it was declared",
                        TopicCases::onlyAfter),
                topics(
                        "RCV-2/subscription-collects",
                        "A subscription collects while nobody consumes from it",
                        TopicCases::collects),
                topics(
                        "RCV-1/consumers-share-a-subscription",
                        "Within a subscription each message goes to one consumer",
                        TopicCases::share),
                topics(
                        "SET-1/ack-concerns-one-subscription",
                        "What is settled in one subscription stays as it is in the other",
                        TopicCases::settledApart),
                topics(
                        "RCV-1/sent-to-one-subscription",
                        "What is sent to a subscription reaches it alone",
                        TopicCases::sentToOne),
                topics("RCV-1/topics-are-apart", "Two topics do not mix", TopicCases::apart),
                topics(
                        "RCV-1/deleted-subscription",
                        "A deleted subscription collects no more, and is empty when it is declared again",
                        TopicCases::deleted));
    }

    private static Case topics(String id, String title, Case.Body body) {
        return Case.of(id, title, body)
                .needs(
                        Feature.TOPICS,
                        spec -> spec.withEndpoint(Endpoint.topic("capabilities")),
                        trial -> Refusal.of(
                                trial,
                                "declare a topic",
                                ErrorCode.UNSUPPORTED,
                                () -> trial.broker()
                                        .topology()
                                        .declare(
                                                List.of(Spec.of(Endpoint.topic(trial.newName()))),
                                                Topology.Mode.CREATE)));
    }

    /** A topic, for a case that is about something else too. */
    static Spec topic(Trial trial) {
        if (!trial.capabilities(Spec.of(Endpoint.topic("capabilities"))).has(Feature.TOPICS)) {
            throw new NotSupported("TOPICS is absent");
        }
        return trial.topic();
    }

    /** A subscription that is sure to receive what is sent from now on. */
    static Spec subscribed(Trial trial, Spec topic, String name) {
        Spec subscription = trial.subscription(topic, name);
        trial.pass(trial.capabilities(topic).limits().subscriptionVisible());
        return subscription;
    }

    /** Takes exactly these, each once, and acknowledges them. */
    private static void allOf(TestReceiver receiver, List<Message> messages) {
        List<Delivery> taken = receiver.take(messages.size());
        assertThat(TestReceiver.ids(taken))
                .containsExactlyInAnyOrderElementsOf(
                        messages.stream().map(Message::id).toList());
        receiver.acked(taken);
    }

    private static void eachAll(Trial trial) {
        Spec topic = trial.topic();
        List<Spec> subscriptions = List.of(
                subscribed(trial, topic, "one"), subscribed(trial, topic, "two"), subscribed(trial, topic, "three"));
        List<Message> messages = trial.messages(20);
        trial.sender(topic).confirm(messages);
        List<TestReceiver> receivers =
                subscriptions.stream().map(trial::receiver).toList();
        receivers.forEach(receiver -> allOf(receiver, messages));
        receivers.forEach(receiver -> receiver.nothing(Trial.SILENCE));
    }

    private static void onlyAfter(Trial trial) {
        Spec topic = trial.topic();
        Spec early = subscribed(trial, topic, "early");
        List<Message> before = trial.messages(3);
        trial.sender(topic).confirm(before);
        Spec late = subscribed(trial, topic, "late");
        List<Message> after = trial.messages(3);
        trial.sender(topic).confirm(after);
        TestReceiver receiver = trial.receiver(late);
        allOf(receiver, after);
        receiver.nothing(Trial.SILENCE);
        List<Message> all = new ArrayList<>(before);
        all.addAll(after);
        allOf(trial.receiver(early), all);
    }

    private static void collects(Trial trial) {
        Spec topic = trial.topic();
        Spec subscription = subscribed(trial, topic, "one");
        List<Message> messages = trial.messages(5);
        trial.sender(topic).confirm(messages);
        trial.pass(Trial.SILENCE);
        allOf(trial.receiver(trial.anotherClient(), subscription), messages);
    }

    private static void share(Trial trial) {
        Spec topic = trial.topic();
        Spec subscription = subscribed(trial, topic, "one");
        TestReceiver a = trial.receiver(subscription);
        TestReceiver b = trial.receiver(trial.anotherClient(), subscription);
        List<Message> messages = trial.messages(30);
        trial.sender(topic).confirm(messages);
        List<Delivery> seen = new ArrayList<>();
        trial.eventually(() -> "both together get 30, and got " + seen.size(), Trial.SIGNAL, () -> {
            for (TestReceiver receiver : List.of(a, b)) {
                List<Delivery> polled = receiver.poll(3);
                seen.addAll(polled);
                receiver.acked(polled);
            }
            return seen.size() >= messages.size();
        });
        assertThat(TestReceiver.ids(seen))
                .containsExactlyInAnyOrderElementsOf(
                        messages.stream().map(Message::id).toList());
    }

    private static void settledApart(Trial trial) {
        Spec topic = trial.topic();
        TestReceiver one = trial.receiver(subscribed(trial, topic, "one"));
        TestReceiver two = trial.receiver(subscribed(trial, topic, "two"));
        Message message = trial.message();
        trial.sender(topic).confirm(message);
        one.acked(one.one(message));
        one.flush();
        Delivery first = two.one(message);
        assertThat(first.deliveries())
                .as("deliveries in the other subscription")
                .isEqualTo(1);
        var unused = two.release(List.of(first));
        two.acked(two.one(message));
        one.nothing(Trial.SILENCE);
    }

    private static void sentToOne(Trial trial) {
        Spec topic = trial.topic();
        Spec one = subscribed(trial, topic, "one");
        Spec two = subscribed(trial, topic, "two");
        Message direct = trial.message();
        trial.sender(one).confirm(direct);
        allOf(trial.receiver(one), List.of(direct));
        trial.receiver(two).nothing(Trial.SILENCE);
    }

    private static void apart(Trial trial) {
        Spec topic = trial.topic();
        Spec other = trial.topic();
        TestReceiver receiver = trial.receiver(subscribed(trial, topic, "same"));
        TestReceiver otherReceiver = trial.receiver(subscribed(trial, other, "same"));
        List<Message> messages = trial.messages(5);
        List<Message> others = trial.messages(5);
        trial.sender(topic).confirm(messages);
        trial.sender(other).confirm(others);
        allOf(receiver, messages);
        allOf(otherReceiver, others);
        receiver.nothing(Trial.SILENCE);
        otherReceiver.nothing(Trial.SILENCE);
    }

    private static void deleted(Trial trial) {
        Spec topic = trial.topic();
        Spec stays = subscribed(trial, topic, "stays");
        Spec goes = subscribed(trial, topic, "goes");
        trial.sender(topic).confirm(trial.message());
        trial.await("delete a subscription", trial.broker().topology().delete(goes));
        trial.pass(trial.capabilities(topic).limits().subscriptionVisible());
        trial.sender(topic).confirm(trial.message());
        trial.declare(goes);
        trial.pass(trial.capabilities(topic).limits().subscriptionVisible());
        Message last = trial.message();
        trial.sender(topic).confirm(last);
        TestReceiver receiver = trial.receiver(goes);
        allOf(receiver, List.of(last));
        receiver.nothing(Trial.SILENCE);
        TestReceiver other = trial.receiver(stays);
        other.acked(other.take(3));
    }
}

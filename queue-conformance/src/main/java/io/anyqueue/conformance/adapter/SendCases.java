package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Answer;
import io.anyqueue.conformance.kit.TestSender.Kind;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Sending: confirmed means stored, where it was sent to, and each message has one result. */
final class SendCases {
    private static final int THREADS = 4;
    private static final int EACH = 50;

    private SendCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("SND-1/confirmed-is-received", "What is confirmed can be received", SendCases::confirmed),
                Case.of("SND-1/concurrent-senders", "Senders of several threads lose nothing", SendCases::concurrent),
                Case.of("SND-1/large-batch", "A batch of 1,000 is stored, each message once", SendCases::largeBatch),
                Case.of("SND-1/not-elsewhere", "What is sent to one queue is in no other", SendCases::notElsewhere),
                Case.of("SND-2/one-result-each", "Each message of a mixed batch has one result", SendCases::oneResult),
                Case.of(
                                "SND-2/same-id-again",
                                "A message sent again with its id is stored once",
                                SendCases::sameIdAgain)
                        .needs(Feature.DEDUPLICATION),
                Case.of("SND-2/copy-with-history", "A copy is not taken for its original", SendCases::copyWithHistory),
                Case.of("SND-3/no-such-queue", "A send to a missing queue is rejected", SendCases::noSuchQueue),
                Case.of("SND-3/no-such-topic", "A send to a missing topic is rejected", SendCases::noSuchTopic)
                        .needs(Feature.TOPICS),
                Case.of(
                                "SND-3/no-subscription",
                                "A topic without subscriptions confirms and says so",
                                SendCases::unrouted)
                        .needs(Feature.TOPICS));
    }

    private static void confirmed(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Delivery delivery = trial.receiver(trial.anotherClient(), queue).one(message);
        assertThat(delivery.message().bodyArray()).isEqualTo(message.bodyArray());
    }

    /** One sender that is used by all threads, as the SPI allows. */
    private static void concurrent(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestSender sender = trial.sender(queue);
        List<Message> messages = trial.messages(THREADS * EACH);
        List<Sending> sendings = Collections.synchronizedList(new ArrayList<>());
        trial.concurrently(THREADS, thread -> {
            for (Message message : messages.subList(thread * EACH, (thread + 1) * EACH)) {
                sendings.addAll(sender.start(List.of(message)));
            }
        });
        trial.eventually(
                () -> "every send is confirmed; are not: " + notConfirmed(sendings),
                Trial.SIGNAL,
                () -> sendings.stream().allMatch(Sending::isConfirmed));
        receivedOnce(trial, queue, messages);
    }

    private static List<String> notConfirmed(List<Sending> sendings) {
        return List.copyOf(sendings).stream()
                .filter(sending -> !sending.isConfirmed())
                .map(sending -> sending.message().id() + " " + sending.answers())
                .toList();
    }

    private static void largeBatch(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(1_000);
        trial.sender(queue).confirm(messages);
        receivedOnce(trial, queue, messages);
    }

    private static void receivedOnce(Trial trial, Spec queue, List<Message> messages) {
        TestReceiver receiver = trial.receiver(queue);
        trial.exactly(messages, receiver.drain(messages.size()));
        receiver.nothing(Trial.SILENCE);
    }

    private static void notElsewhere(Trial trial) {
        Spec one = trial.queue();
        Spec other =
                trial.declare(one.withEndpoint(Endpoint.queue(one.endpoint().name() + "-x")));
        TestSender toOne = trial.sender(one);
        TestSender toOther = trial.sender(other);
        List<Message> ofOne = trial.messages(5);
        List<Message> ofOther = trial.messages(5);
        for (int i = 0; i < 5; i++) {
            toOne.confirm(ofOne.get(i));
            toOther.confirm(ofOther.get(i));
        }
        receivedOnce(trial, one, ofOne);
        receivedOnce(trial, other, ofOther);
    }

    private static void oneResult(Trial trial) {
        Spec queue = trial.queue();
        TestSender sender = trial.sender(queue);
        List<Sending> sendings = new ArrayList<>(sender.send(trial.messages(20)));
        sendings.addAll(trial.sender(trial.plainQueue()).send(trial.messages(3)));
        trial.pass(Trial.SILENCE);
        for (Sending sending : sendings) {
            trial.check(
                    sending.answers().size() == 1,
                    "message " + sending.message().id() + " got " + sending.answers() + " in the end");
        }
    }

    private static void sameIdAgain(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        TestSender sender = trial.sender(queue);
        sender.confirm(message, message);
        // In one call, and by another client after a lost confirmation.
        sender.confirm(List.of(message, message));
        trial.sender(trial.anotherClient(), queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        receiver.acked(receiver.one(message));
        receiver.nothing(Trial.SILENCE);
    }

    private static void copyWithHistory(Trial trial) {
        Spec queue = trial.queue();
        Message original = trial.message();
        Message copy =
                original.toBuilder().history(new History(1, 1, trial.now())).build();
        trial.sender(queue).confirm(original, copy);
        TestReceiver receiver = trial.receiver(queue);
        receiver.drain(2);
        receiver.nothing(Trial.SILENCE);
    }

    private static void noSuchQueue(Trial trial) {
        notFound(trial.sender(trial.plainQueue()).send(trial.message()));
    }

    private static void noSuchTopic(Trial trial) {
        notFound(trial.sender(Spec.of(Endpoint.topic(trial.newName()))).send(trial.message()));
    }

    private static void notFound(Answer answer) {
        assertThat(answer.kind()).isEqualTo(Kind.REJECTED);
        assertThat(answer.why()).isNotNull().extracting("code").isEqualTo(ErrorCode.NOT_FOUND);
    }

    private static void unrouted(Trial trial) {
        Spec topic = trial.topic();
        trial.sender(topic).confirm(trial.message());
        String report = "unrouted " + topic.endpoint().name() + " ";
        trial.eventually(
                () -> "BrokerEvents.unrouted is told of " + topic.endpoint().name()
                        + ", which has no subscription; told was " + trial.reported(),
                Trial.SIGNAL,
                () -> trial.reported().stream().anyMatch(told -> told.startsWith(report)));
    }
}

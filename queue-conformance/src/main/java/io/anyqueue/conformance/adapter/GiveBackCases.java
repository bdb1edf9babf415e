package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a closed receiver or client had is free for others (rule LIF-1). */
final class GiveBackCases {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private GiveBackCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "LIF-1/nothing-after-close",
                        "A closed receiver hands out and announces nothing",
                        GiveBackCases::nothingAfterClose),
                Case.of(
                        "LIF-1/given-back",
                        "What a closed receiver had, polled or not, is at another within two seconds",
                        GiveBackCases::givenBack),
                Case.of(
                        "LIF-1/given-back-by-the-client",
                        "What a closed client had is at another within two seconds",
                        GiveBackCases::givenBackByClient));
    }

    private static void nothingAfterClose(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = trial.receiver(queue);
        Message first = trial.message();
        trial.sender(queue).confirm(first);
        Delivery held = receiver.one(first);
        receiver.close();
        int wakeUps = receiver.listener().wakeUps();
        trial.sender(queue).confirm(trial.messages(5));
        receiver.window(100);
        receiver.nothing(Trial.SILENCE);
        assertThat(receiver.listener().wakeUps())
                .as("calls of readable() after close")
                .isEqualTo(wakeUps);
        assertThat(receiver.ack(held)).as("an acknowledgement after close").isNotEqualTo(Settled.DONE);
    }

    /** Polls until it has seen that many, and acknowledges them. */
    private static void allWithin(Trial trial, TestReceiver receiver, List<Message> messages) {
        List<Delivery> seen = new ArrayList<>();
        trial.eventually(
                () -> "the other consumer gets " + messages.size() + ", and got " + seen.size() + ": "
                        + TestReceiver.ids(seen),
                Trial.GIVEN_BACK,
                () -> {
                    List<Delivery> polled = receiver.poll();
                    receiver.acked(polled);
                    seen.addAll(polled);
                    return seen.size() >= messages.size();
                });
        assertThat(TestReceiver.ids(seen))
                .containsExactlyInAnyOrderElementsOf(
                        messages.stream().map(Message::id).toList());
    }

    /** A lease that does not end in time by itself. */
    private static Spec longLease(Trial trial) {
        Spec queue = trial.plainQueue();
        return trial.declare(queue.withLease(queue.lease().multipliedBy(10)));
    }

    private static void givenBack(Trial trial) {
        Spec queue = longLease(trial);
        List<Message> messages = trial.messages(30);
        TestReceiver leaving = trial.receiver(queue);
        trial.sender(queue).confirm(messages);
        List<Delivery> held = leaving.take(5);
        TestReceiver other = trial.closedReceiver(trial.anotherClient(), queue);
        leaving.close();
        other.window(TestReceiver.WINDOW);
        allWithin(trial, other, messages);
        assertThat(leaving.ack(held)).as("late acknowledgements").doesNotContain(Settled.DONE);
    }

    private static void givenBackByClient(Trial trial) {
        Spec queue = longLease(trial);
        List<Message> messages = trial.messages(30);
        Broker client = trial.anotherClient();
        TestReceiver leaving = trial.receiver(client, queue);
        trial.sender(queue).confirm(messages);
        var unused = leaving.take(5);
        TestReceiver other = trial.closedReceiver(trial.broker(), queue);
        trial.await("close a client", client.close(LIMIT));
        other.window(TestReceiver.WINDOW);
        allWithin(trial, other, messages);
    }
}

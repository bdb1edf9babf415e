package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Callbacks that throw, which they must not, cost nobody a result, a message or a thread (rules SND-2, LIF-4). */
final class CallbackCases {
    private CallbackCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "SND-2/result-throws",
                        "A send result that throws keeps no other from its result",
                        CallbackCases::sendResultThrows),
                Case.of(
                        "SET-2/result-throws",
                        "A settling result that throws keeps no other from its result",
                        CallbackCases::settleResultThrows),
                Case.of(
                        "RCV-1/poll-throws",
                        "What a failing poll was not given is polled again",
                        CallbackCases::pollThrows),
                Case.of(
                        "LIF-4/listener-throws",
                        "A listener that throws still hears of the next message",
                        CallbackCases::listenerThrows));
    }

    private static RuntimeException thrown() {
        return new IllegalStateException("thrown by the kit, as a defect of a caller would be");
    }

    private static void sendResultThrows(Trial trial) {
        Spec queue = trial.queue();
        TestSender sender = trial.sender(queue);
        List<Message> messages = trial.messages(5);
        List<Sending> sendings = sender.start(messages, () -> {
            throw thrown();
        });
        trial.eventually(
                () -> "each of five has its result; have it "
                        + sendings.stream().filter(Sending::isDone).count(),
                Trial.SIGNAL,
                () -> sendings.stream().allMatch(Sending::isDone));
        assertThat(sendings).as("sends with exactly one result").allMatch(Sending::isConfirmed);
        Message last = trial.message();
        sender.confirm(last);
        TestReceiver receiver = trial.receiver(queue);
        receiver.acked(receiver.take(6));
        receiver.nothing(Trial.SILENCE);
    }

    private static void settleResultThrows(Trial trial) {
        Spec queue = trial.queue();
        trial.sender(queue).confirm(trial.messages(5));
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> all = receiver.take(5);
        List<Delivery> done = new CopyOnWriteArrayList<>();
        receiver.raw().ack(all, new Receiver.Results() {
            @Override
            public void done(Delivery delivery) {
                done.add(delivery);
                throw thrown();
            }

            @Override
            public void stale(Delivery delivery) {}

            @Override
            public void unknown(Delivery delivery, QueueException why) {}
        });
        trial.eventually(
                () -> "each of five acknowledgements is done; these are: " + TestReceiver.ids(done),
                Trial.SIGNAL,
                () -> done.size() >= 5);
        assertThat(done).containsExactlyInAnyOrderElementsOf(all);
        MisuseCases.works(trial, trial.broker(), queue, receiver);
    }

    private static void pollThrows(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(6);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> given = new ArrayList<>();
        trial.eventually("a poll hands over two", Trial.SIGNAL, () -> {
            try {
                receiver.raw().poll(6, 1 << 20, delivery -> {
                    given.add(delivery);
                    if (given.size() == 2) {
                        throw thrown();
                    }
                });
            } catch (IllegalStateException e) {
                return true;
            }
            return given.size() >= 2;
        });
        assertThat(given).as("what the callback was given before it threw").hasSize(2);
        List<Delivery> rest = receiver.take(4);
        given.addAll(rest);
        assertThat(TestReceiver.ids(given))
                .as("what was handed over, each once")
                .containsExactlyInAnyOrderElementsOf(
                        messages.stream().map(Message::id).toList());
        assertThat(rest).as("deliveries of what was not handed over before").allMatch(each -> each.deliveries() == 1);
        receiver.acked(given);
        receiver.nothing(Trial.SILENCE);
    }

    private static void listenerThrows(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = trial.closedReceiver(trial.broker(), queue);
        receiver.listener().onReadable(() -> {
            throw thrown();
        });
        receiver.listener().onState(state -> {
            throw thrown();
        });
        receiver.window(TestReceiver.WINDOW);
        for (int i = 0; i < 3; i++) {
            int before = receiver.listener().wakeUps();
            Message message = trial.message();
            trial.sender(queue).confirm(message);
            trial.eventually(
                    "readable() is called for message " + (i + 1) + " although it threw before",
                    Trial.SIGNAL,
                    () -> receiver.listener().wakeUps() > before);
            receiver.acked(receiver.one(message));
            assertThat(receiver.poll()).isEmpty();
        }
    }
}

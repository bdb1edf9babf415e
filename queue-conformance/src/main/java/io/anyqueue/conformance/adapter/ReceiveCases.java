package io.anyqueue.conformance.adapter;

import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Message;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Receiving: to one consumer at a time, whoever was there first, and to another when the first is gone. */
final class ReceiveCases {
    private ReceiveCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("RCV-1/one-at-a-time", "What one consumer holds no other gets", ReceiveCases::oneAtATime),
                Case.of("RCV-1/shared", "Sharing consumers get all, each message once", ReceiveCases::shared),
                Case.of(
                        "RCV-2/before-first-consumer",
                        "A queue keeps what is sent before its first consumer",
                        ReceiveCases::queueKeeps),
                Case.of(
                                "RCV-2/subscription-keeps",
                                "A subscription keeps what is sent before its first consumer",
                                ReceiveCases::subscriptionKeeps)
                        .needs(Feature.TOPICS),
                Case.of(
                                "RCV-4/holder-stops-settling",
                                "What is never settled goes to another consumer",
                                ReceiveCases::stopsSettling)
                        .onlyFor(LeaseModel.PER_DELIVERY),
                Case.of("RCV-4/holder-crashes", "What a crashed consumer held goes to another", ReceiveCases::crashes)
                        .needs(Means.CLIENT_CRASH),
                Case.of(
                        "RCV-4/holder-closes",
                        "What a closed consumer held goes to another at once",
                        ReceiveCases::closes),
                Case.of(
                        "RCV-4/client-closes",
                        "What a closed client held goes to another at once",
                        ReceiveCases::clientCloses));
    }

    private static void oneAtATime(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(5);
        trial.sender(queue).confirm(messages);
        TestReceiver holder = trial.receiver(queue);
        // A broker that shares a queue out by shards may ask for them; they stay until this is complete.
        CompletableFuture<Void> drained = new CompletableFuture<>();
        holder.listener().drainedWhen(drained);
        List<Delivery> held = holder.take(messages.size());
        TestReceiver other = trial.receiver(trial.anotherClient(), queue);
        other.nothing(Trial.SILENCE);
        holder.acked(held);
        drained.complete(null);
        other.nothing(Trial.SILENCE);
        trial.exactly(messages, held);
    }

    private static void shared(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<TestReceiver> sharing =
                List.of(trial.receiver(queue), trial.receiver(queue), trial.receiver(trial.anotherClient(), queue));
        List<Message> messages = trial.messages(300);
        trial.sender(queue).confirm(messages);
        List<Delivery> all = new ArrayList<>();
        trial.eventually(
                () -> "three consumers get " + messages.size() + " messages, and got " + all.size(),
                Trial.SIGNAL.multipliedBy(3),
                () -> {
                    for (TestReceiver receiver : sharing) {
                        List<Delivery> polled = receiver.poll(10);
                        receiver.acked(polled);
                        all.addAll(polled);
                    }
                    return all.size() >= messages.size();
                });
        trial.exactly(messages, all);
        sharing.forEach(receiver -> receiver.nothing(Trial.SILENCE.dividedBy(2)));
    }

    private static void queueKeeps(Trial trial) {
        Spec queue = trial.queue();
        keeps(trial, queue, queue);
    }

    private static void subscriptionKeeps(Trial trial) {
        Spec topic = trial.topic();
        Spec subscription = trial.subscription(topic, "later");
        trial.pass(trial.capabilities(topic).limits().subscriptionVisible());
        keeps(trial, topic, subscription);
    }

    private static void keeps(Trial trial, Spec target, Spec source) {
        List<Message> messages = trial.messages(5);
        trial.sender(target).confirm(messages);
        trial.pass(Trial.SILENCE);
        trial.exactly(messages, trial.receiver(trial.anotherClient(), source).drain(messages.size()));
    }

    private static void stopsSettling(Trial trial) {
        Spec queue = trial.queue();
        List<Message> messages = trial.messages(3);
        trial.sender(queue).confirm(messages);
        TestReceiver holder = trial.receiver(queue);
        holder.take(messages.size());
        holder.window(0);
        another(trial, queue, messages, trial.recovery(queue));
    }

    private static void crashes(Trial trial) {
        Spec queue = trial.queue();
        List<Message> messages = trial.messages(3);
        trial.sender(queue).confirm(messages);
        Broker client = trial.anotherClient();
        TestReceiver holder = trial.receiver(client, queue);
        holder.take(messages.size());
        // A dead process would not take them again itself.
        holder.window(0);
        trial.adapter().clientCrash().accept(client);
        another(trial, queue, messages, trial.recovery(queue));
    }

    private static void closes(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(6);
        trial.sender(queue).confirm(messages);
        TestReceiver holder = trial.receiver(queue);
        // Some are polled, and some may wait in a buffer.
        holder.take(3);
        holder.close();
        another(trial, queue, messages, Trial.GIVEN_BACK);
    }

    private static void clientCloses(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(6);
        trial.sender(queue).confirm(messages);
        Broker client = trial.anotherClient();
        trial.receiver(client, queue).take(3);
        trial.await("close a client", client.close(Duration.ofSeconds(5)));
        another(trial, queue, messages, Trial.GIVEN_BACK);
    }

    private static void another(Trial trial, Spec queue, List<Message> messages, Duration limit) {
        TestReceiver other = trial.receiver(trial.anotherClient(), queue);
        List<Delivery> delivered = other.take(messages.size(), limit);
        trial.exactly(messages, delivered);
        other.acked(delivered);
    }
}

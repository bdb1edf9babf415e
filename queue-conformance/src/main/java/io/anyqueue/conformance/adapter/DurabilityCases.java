package io.anyqueue.conformance.adapter;

import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.conformance.Interruption;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Answer;
import io.anyqueue.conformance.kit.TestSender.Kind;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sending while the broker dies: what it confirmed is there afterwards, and what it rejected is not. */
final class DurabilityCases {
    private static final Duration AFTER_RETURN = Duration.ofSeconds(30);

    private DurabilityCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                                "SND-1/survives-kill",
                                "What is confirmed survives kill -9",
                                trial -> survives(trial, Means.KILL))
                        .needs(Feature.DURABLE)
                        .needs(Means.KILL),
                Case.of(
                                "SND-1/survives-restart",
                                "What is confirmed survives a restart",
                                trial -> survives(trial, Means.RESTART))
                        .needs(Feature.DURABLE)
                        .needs(Means.RESTART),
                Case.of(
                                "SND-2/outage",
                                "No send is confirmed falsely while the broker is away",
                                DurabilityCases::outage)
                        .needs(Means.OUTAGE));
    }

    private static void survives(Trial trial, Means means) throws Exception {
        Spec queue = trial.queue();
        List<Message> messages = trial.messages(100);
        TestSender sender = trial.sender(queue);
        sender.confirm(messages.subList(0, 50));
        sender.confirm(messages.subList(50, 100));
        Interruption interruption = trial.adapter().interruption(means);
        interruption.begin();
        interruption.end();
        TestReceiver receiver = trial.receiver(trial.anotherClient(), queue);
        trial.exactly(messages, receiver.take(messages.size(), AFTER_RETURN));
    }

    private static void outage(Trial trial) throws Exception {
        Spec queue = trial.queue();
        TestSender sender = trial.sender(queue);
        Message before = trial.message();
        sender.confirm(before);
        Interruption outage = trial.adapter().interruption(Means.OUTAGE);
        outage.begin();
        List<Sending> sendings = new ArrayList<>();
        try {
            sendings.addAll(sender.start(trial.messages(20)));
            trial.eventually(
                    () -> "every send has a result while the broker is away; has none: "
                            + sendings.stream()
                                    .filter(sending -> !sending.isDone())
                                    .map(sending -> sending.message().id())
                                    .toList(),
                    Duration.ofSeconds(45),
                    () -> sendings.stream().allMatch(Sending::isDone));
            sendings.forEach(sending -> failed(trial, sending));
        } finally {
            outage.end();
        }
        TestReceiver receiver = trial.receiver(trial.anotherClient(), queue);
        List<Delivery> delivered = new ArrayList<>(receiver.take(1, AFTER_RETURN));
        trial.until(Duration.ofSeconds(2), () -> {
            delivered.addAll(receiver.poll());
            return false;
        });
        judge(trial, before, sendings, TestReceiver.ids(delivered));
    }

    private static void failed(Trial trial, Sending sending) {
        String id = sending.message().id();
        List<Answer> answers = sending.answers();
        trial.check(answers.size() == 1, "message " + id + " got the results " + answers);
        QueueException why = answers.get(0).why();
        if (why == null) {
            throw new AssertionError("message " + id + " was confirmed while the broker was away");
        }
        trial.check(
                why.code().retryable(),
                "message " + id + " failed with " + why.code() + ", as if it could never be sent");
    }

    private static void judge(Trial trial, Message before, List<Sending> sendings, List<String> delivered) {
        trial.check(delivered.contains(before.id()), "what was confirmed before the outage is lost: " + before.id());
        for (Sending sending : sendings) {
            String id = sending.message().id();
            trial.check(sending.answers().size() == 1, "message " + id + " got the results " + sending.answers());
            boolean rejected = sending.answers().get(0).kind() == Kind.REJECTED;
            trial.check(!rejected || !delivered.contains(id), "message " + id + " was rejected, and yet it is stored");
        }
    }
}

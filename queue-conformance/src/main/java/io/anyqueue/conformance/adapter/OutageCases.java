package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.conformance.Interruption;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.Refusal;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.ReceiverListener.State;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The broker goes away and comes back, and nobody has to help: judged by messages that flow, not by states alone (rules LIF-3,
 * SND-1, SND-2).
 */
final class OutageCases {
    private static final Duration AWAY = Duration.ofSeconds(2);
    private static final Duration BACK = Duration.ofSeconds(30);

    private OutageCases() {}

    static List<Case> all() {
        return List.of(
                interrupted("LIF-3/restart", "Consuming and sending go on after a restart", Means.RESTART),
                interrupted("LIF-3/outage", "Consuming and sending go on after an outage", Means.OUTAGE),
                interrupted(
                        "LIF-3/network-cut",
                        "Consuming and sending go on after the network was cut",
                        Means.NETWORK_CUT),
                Case.of(
                                "LIF-3/away-at-start",
                                "A client that is made during an outage works when it is over",
                                OutageCases::awayAtStart)
                        .needs(Means.OUTAGE),
                Case.of(
                                "LIF-2/closed-while-away",
                                "A client can be closed while the broker is away",
                                OutageCases::closedWhileAway)
                        .needs(Means.OUTAGE));
    }

    private static Case interrupted(String id, String title, Means means) {
        return Case.of(id, title, trial -> interrupted(trial, means)).needs(means);
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Whatever happens, it is given back. */
    private static void during(Trial trial, Means means, Step step) throws Exception {
        Interruption interruption = trial.adapter().interruption(means);
        interruption.begin();
        try {
            step.run();
        } finally {
            interruption.end();
        }
    }

    private static void interrupted(Trial trial, Means means) throws Exception {
        Spec queue = trial.queue();
        if (means != Means.NETWORK_CUT && !trial.capabilities(queue).has(Feature.DURABLE)) {
            throw new NotSupported("DURABLE is absent: nothing is there any more after it");
        }
        TestSender sender = trial.sender(queue);
        TestReceiver receiver = trial.receiver(trial.anotherClient(), queue);
        Set<String> due = new HashSet<>();
        Set<String> seen = new HashSet<>();
        List<Message> before = trial.messages(20);
        sender.confirm(before);
        before.forEach(message -> due.add(message.id()));
        List<Delivery> some = receiver.take(5);
        receiver.acked(some);
        receiver.flush();
        seen.addAll(TestReceiver.ids(some));
        List<Sending> sendings = new ArrayList<>();
        during(trial, means, () -> {
            sendings.addAll(sender.start(trial.messages(5)));
            trial.pass(AWAY);
        });
        goesOn(trial, sender, sendings);
        flows(trial, sender, receiver, sendings, due, seen);
        reported(trial, receiver, means);
    }

    /** The same sender confirms again; and what it was given meanwhile has a result each. */
    private static void goesOn(Trial trial, TestSender sender, List<Sending> sendings) {
        trial.eventually("the sender confirms again", BACK, () -> {
            List<Sending> probe = sender.start(List.of(trial.message()));
            sendings.addAll(probe);
            trial.until(Duration.ofMillis(500), probe.get(0)::isDone);
            return probe.get(0).isConfirmed();
        });
        trial.eventually(
                () -> "each message that was sent has a result, without one are "
                        + sendings.stream()
                                .filter(sending -> !sending.isDone())
                                .map(sending -> sending.message().id())
                                .toList(),
                BACK,
                () -> sendings.stream().allMatch(Sending::isDone));
        assertThat(sendings)
                .as("sends with more than one result")
                .allMatch(sending -> sending.answers().size() == 1);
    }

    /** The same receiver gets all that was ever confirmed, and what is sent now. */
    private static void flows(
            Trial trial,
            TestSender sender,
            TestReceiver receiver,
            List<Sending> sendings,
            Set<String> due,
            Set<String> seen) {
        List<Sending> now = sender.send(trial.messages(5));
        assertThat(now).as("sends after the broker is back").allMatch(Sending::isConfirmed);
        sendings.addAll(now);
        sendings.stream()
                .filter(Sending::isConfirmed)
                .forEach(sending -> due.add(sending.message().id()));
        trial.eventually(
                () -> "everything that was confirmed arrives at the same receiver, missing are "
                        + due.stream().filter(id -> !seen.contains(id)).toList() + "; its states were "
                        + receiver.listener().states(),
                BACK,
                () -> {
                    List<Delivery> polled = receiver.poll();
                    seen.addAll(TestReceiver.ids(polled));
                    var unused = polled.isEmpty() ? List.of() : receiver.ack(polled);
                    return seen.containsAll(due);
                });
    }

    /** A connection may survive a short cut or a suspended process, but not a restart. */
    private static void reported(Trial trial, TestReceiver receiver, Means means) {
        List<State> states = receiver.listener().states();
        if (means == Means.RESTART || states.contains(State.RECONNECTING)) {
            trial.eventually(
                    () -> "the states are RECONNECTING and then WORKING, they are "
                            + receiver.listener().states(),
                    Trial.SIGNAL,
                    () -> {
                        List<State> now = receiver.listener().states();
                        int lost = now.lastIndexOf(State.RECONNECTING);
                        return lost >= 0 && now.lastIndexOf(State.WORKING) > lost;
                    });
        }
    }

    private static void awayAtStart(Trial trial) throws Exception {
        Spec queue = trial.queue();
        Broker[] made = new Broker[1];
        during(trial, Means.OUTAGE, () -> {
            Broker client = trial.anotherClient();
            made[0] = client;
            Refusal.within(
                    trial,
                    "declare during an outage",
                    BACK,
                    ErrorCode.UNAVAILABLE,
                    () -> client.topology().declare(List.of(queue), Mode.CREATE));
        });
        trial.eventually("the client that was made during the outage declares", BACK, () -> {
            try {
                trial.await("declare", BACK, made[0].topology().declare(List.of(queue), Mode.CREATE));
                return true;
            } catch (io.anyqueue.QueueException e) {
                return false;
            }
        });
        TestReceiver receiver = trial.receiver(made[0], queue);
        Message message = trial.message();
        trial.sender(made[0], queue).confirm(message);
        receiver.acked(receiver.one(message));
    }

    private static void closedWhileAway(Trial trial) throws Exception {
        Spec queue = trial.queue();
        Broker client = trial.anotherClient();
        TestReceiver receiver = trial.receiver(client, queue);
        TestSender sender = trial.sender(client, queue);
        Message message = trial.message();
        sender.confirm(message);
        receiver.acked(receiver.one(message));
        receiver.flush();
        during(trial, Means.OUTAGE, () -> {
            List<Sending> sendings = sender.start(trial.messages(3));
            trial.await("close during an outage", client.close(Duration.ofSeconds(3)));
            trial.eventually(
                    "each accepted message has its result after close",
                    Trial.SIGNAL,
                    () -> sendings.stream().allMatch(Sending::isDone));
            assertThat(sendings).as("confirmed while the broker was away").noneMatch(Sending::isConfirmed);
        });
    }
}

package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver.Forward;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;

/** Storing and acknowledging in one step: both happen, or neither. */
final class ForwardCases {
    private ForwardCases() {}

    static List<Case> all() {
        return List.of(
                atomic(
                        "SET-4/forward",
                        "What is forwarded is stored, and its origin acknowledged",
                        ForwardCases::stored),
                atomic("SET-4/forward-several", "Several messages are stored in the same step", ForwardCases::several),
                atomic(
                        "SET-4/forward-to-subscription",
                        "A forward reaches one subscription alone",
                        ForwardCases::subscription),
                atomic("SET-4/forward-to-nowhere", "A missing target changes nothing", ForwardCases::missing),
                atomic("SET-4/no-half-forward", "One missing target of two stores nothing", ForwardCases::half),
                atomic("SET-4/forward-twice", "A second forward stores nothing", ForwardCases::twice),
                atomic("SET-4/late-forward", "A forward after the lease was lost stores nothing", ForwardCases::late));
    }

    private static Case atomic(String id, String title, Case.Body body) {
        return Case.of(id, title, body).needs(Feature.ATOMIC_FORWARD, ForwardCases::refused);
    }

    /** A broker that cannot says so, and leaves the delivery to be settled otherwise. */
    private static void refused(Trial trial) {
        Spec source = trial.steadyQueue();
        Spec target = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(source).confirm(message);
        TestReceiver receiver = trial.receiver(source);
        Delivery held = receiver.one(message);
        trial.check(!receiver.forwardTaken(held, List.of(new Forward(target, message))), "forward() returned true");
        trial.receiver(target).nothing(Trial.SILENCE);
        receiver.acked(held);
    }

    private static void stored(Trial trial) {
        Spec source = trial.queue();
        Spec target = trial.queue();
        Message message = trial.build().key("k").build();
        trial.sender(source).confirm(message);
        TestReceiver receiver = trial.receiver(source);
        Delivery held = receiver.one(message);
        Message copy =
                message.toBuilder().history(new History(1, 1, trial.now())).build();
        assertThat(receiver.forward(held, List.of(new Forward(target, copy)))).isEqualTo(Settled.DONE);
        TestReceiver atTarget = trial.receiver(target);
        Delivery arrived = atTarget.one(message);
        FidelityCases.same(arrived.message(), copy);
        assertThat(arrived.attempts()).as("attempts of the copy").isEqualTo(1);
        atTarget.acked(arrived);
        receiver.nothing(leaseOver(source));
        receiver.close();
        trial.receiver(source).nothing(Trial.SILENCE);
    }

    private static Duration leaseOver(Spec source) {
        return source.lease().plus(Trial.SILENCE);
    }

    private static void several(Trial trial) {
        Spec source = trial.steadyQueue();
        List<Spec> targets = List.of(trial.steadyQueue(), trial.steadyQueue(), source);
        Message message = trial.message();
        trial.sender(source).confirm(message);
        TestReceiver receiver = trial.receiver(source);
        Delivery held = receiver.one(message);
        List<Message> out = trial.messages(3);
        List<Forward> forwards = List.of(
                new Forward(targets.get(0), out.get(0)),
                new Forward(targets.get(1), out.get(1)),
                new Forward(targets.get(2), out.get(2)));
        assertThat(receiver.forward(held, forwards)).isEqualTo(Settled.DONE);
        for (int i = 0; i < 2; i++) {
            TestReceiver atTarget = trial.receiver(targets.get(i));
            atTarget.acked(atTarget.one(out.get(i)));
        }
        receiver.acked(receiver.one(out.get(2)));
        receiver.nothing(Trial.SILENCE);
    }

    private static void subscription(Trial trial) {
        if (!trial.capabilities(trial.plainQueue()).has(Feature.TOPICS)) {
            throw new NotSupported("no TOPICS");
        }
        Spec topic = trial.topic();
        Spec one = trial.subscription(topic, "one");
        Spec other = trial.subscription(topic, "other");
        trial.pass(trial.capabilities(topic).limits().subscriptionVisible());
        Spec source = trial.queue();
        Message message = trial.message();
        trial.sender(source).confirm(message);
        TestReceiver receiver = trial.receiver(source);
        Delivery held = receiver.one(message);
        assertThat(receiver.forward(held, List.of(new Forward(one, message)))).isEqualTo(Settled.DONE);
        TestReceiver atOne = trial.receiver(one);
        atOne.acked(atOne.one(message));
        trial.receiver(other).nothing(Trial.SILENCE);
    }

    private static void missing(Trial trial) {
        Spec source = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(source).confirm(message);
        TestReceiver receiver = trial.receiver(source);
        Delivery held = receiver.one(message);
        Settled result = receiver.forward(held, List.of(new Forward(trial.plainQueue(), message)));
        assertThat(result).as("forward to a queue that does not exist").isEqualTo(Settled.UNKNOWN);
        receiver.nothing(Trial.SILENCE);
        receiver.acked(held);
        receiver.nothing(Trial.SILENCE);
    }

    private static void half(Trial trial) {
        Spec source = trial.steadyQueue();
        Spec target = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(source).confirm(message);
        TestReceiver receiver = trial.receiver(source);
        Delivery held = receiver.one(message);
        List<Forward> out =
                List.of(new Forward(target, trial.message()), new Forward(trial.plainQueue(), trial.message()));
        assertThat(receiver.forward(held, out)).isEqualTo(Settled.UNKNOWN);
        trial.receiver(target).nothing(Trial.SILENCE);
        receiver.acked(held);
    }

    private static void twice(Trial trial) {
        Spec source = trial.steadyQueue();
        Spec target = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(source).confirm(message);
        TestReceiver receiver = trial.receiver(source);
        Delivery held = receiver.one(message);
        receiver.acked(held);
        Settled result = receiver.forward(held, List.of(new Forward(target, message)));
        assertThat(result).as("forward after ack").isEqualTo(Settled.STALE);
        trial.receiver(target).nothing(Trial.SILENCE);
    }

    private static void late(Trial trial) {
        Spec source = trial.queue();
        Spec target = trial.queue();
        Message message = trial.message();
        trial.sender(source).confirm(message);
        Broker client = trial.anotherClient();
        TestReceiver first = trial.receiver(client, source);
        Delivery lost = first.one(message);
        trial.abandon(client, source, first);
        TestReceiver second = trial.receiver(trial.anotherClient(), source);
        Delivery held = second.take(1, trial.recovery(source)).get(0);
        Settled result = first.forward(lost, List.of(new Forward(target, message)));
        assertThat(result).as("forward after the lease was lost").isEqualTo(Settled.STALE);
        trial.receiver(target).nothing(Trial.SILENCE);
        second.acked(held);
    }
}

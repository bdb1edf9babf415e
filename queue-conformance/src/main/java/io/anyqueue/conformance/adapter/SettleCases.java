package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.TimeScale;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;

/** Settling one delivery: what is acknowledged is gone, what is released comes again in time, and once is once. */
final class SettleCases {
    private static final Duration DELAY = Duration.ofMillis(1_500);
    private static final Duration PROMPT = Duration.ofSeconds(2);

    /** How late it may come: a second, and two for a machine whose threads have to wait. */
    private static final Duration LATE = Duration.ofSeconds(3);

    private SettleCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("SET-1/acked-is-gone", "What is acknowledged never comes back", SettleCases::ackedIsGone),
                Case.of(
                        "SET-1/acked-is-gone-after-crash",
                        "Nor does it after a flush and a crash",
                        SettleCases::goneAfterCrash),
                Case.of("SET-1/release-at-once", "What is released comes again at once", SettleCases::releaseAtOnce),
                Case.of("SET-1/release-later", "What is released with a delay comes in time", SettleCases::releaseLater)
                        .needs(Feature.DELAYED_RELEASE),
                Case.of(
                        "SET-1/release-to-another",
                        "What is released may go to another consumer",
                        SettleCases::releaseToAnother),
                Case.of("SET-2/ack-twice", "A second ack changes nothing", SettleCases::ackTwice),
                Case.of("SET-2/ack-after-release", "An ack after a release is STALE", SettleCases::ackAfterRelease),
                Case.of("SET-2/release-after-ack", "A release after an ack is STALE", SettleCases::releaseAfterAck),
                Case.of("SET-2/after-close", "Settling after closing the receiver is STALE", SettleCases::afterClose),
                Case.of(
                        "SET-2/other-receiver",
                        "What another receiver holds cannot be settled",
                        SettleCases::otherReceiver));
    }

    private static void ackedIsGone(Trial trial) {
        Spec queue = trial.queue();
        trial.sender(queue).confirm(trial.messages(5));
        TestReceiver receiver = trial.receiver(queue);
        receiver.acked(receiver.take(5));
        receiver.nothing(queue.lease().plus(Trial.SILENCE));
        receiver.close();
        TestReceiver next = trial.receiver(queue);
        next.nothing(Trial.SILENCE);
        trial.receiver(trial.anotherClient(), queue).nothing(Trial.SILENCE);
    }

    private static void goneAfterCrash(Trial trial) {
        Spec queue = trial.queue();
        List<Message> messages = trial.messages(5);
        trial.sender(queue).confirm(messages);
        Broker client = trial.anotherClient();
        TestReceiver receiver = trial.receiver(client, queue);
        List<Delivery> held = receiver.take(5);
        receiver.acked(held);
        receiver.flush();
        trial.abandon(client, queue, receiver);
        trial.receiver(trial.anotherClient(), queue).nothing(trial.recovery(queue));
    }

    private static void releaseAtOnce(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one(message);
        assertThat(receiver.release(List.of(delivery))).containsExactly(Settled.DONE);
        receiver.acked(receiver.take(1, PROMPT));
        receiver.nothing(Trial.SILENCE);
    }

    private static void releaseLater(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(3);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> held = receiver.take(3);
        Delivery delayed = held.get(0);
        long asked = trial.now();
        assertThat(receiver.release(delayed, DELAY, 1, asked)).isEqualTo(Settled.DONE);
        long done = trial.now();
        receiver.acked(held.subList(1, 3));
        Delivery again = receiver.one();
        long came = trial.now();
        assertThat(again.message().id()).isEqualTo(delayed.message().id());
        trial.check(
                came - asked >= DELAY.toMillis() - 5,
                "released for " + DELAY.toMillis() + " ms, it came after " + (came - asked));
        long latest = DELAY.toMillis() + TimeScale.scaled(LATE).toMillis();
        trial.check(
                came - done <= latest,
                "released for " + DELAY.toMillis() + " ms, it came after " + (came - done) + ", more than " + LATE
                        + " late");
        receiver.acked(again);
    }

    private static void releaseToAnother(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver first = trial.receiver(queue);
        Delivery delivery = first.one(message);
        TestReceiver second = trial.receiver(trial.anotherClient(), queue);
        assertThat(first.release(List.of(delivery))).containsExactly(Settled.DONE);
        // Where the first owns the shard, it goes away in order and leaves it.
        first.close();
        second.acked(second.one(message));
    }

    private static void ackTwice(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(2);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> held = receiver.take(2);
        receiver.acked(held.get(0));
        Settled second = receiver.ack(held.get(0));
        trial.check(second != Settled.UNKNOWN, "the second ack of a delivery is " + second);
        // It was no ack of the other one.
        assertThat(receiver.release(held.subList(1, 2))).containsExactly(Settled.DONE);
        Delivery again = receiver.one();
        assertThat(again.message().id()).isEqualTo(held.get(1).message().id());
        receiver.acked(again);
        receiver.nothing(Trial.SILENCE);
    }

    private static void ackAfterRelease(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        Delivery released = receiver.one(message);
        assertThat(receiver.release(List.of(released))).containsExactly(Settled.DONE);
        stale("ack after release", receiver.ack(released));
        Delivery again = receiver.one(message);
        stale("ack by the delivery before", receiver.ack(released));
        stale("second release", receiver.release(List.of(released)).get(0));
        receiver.nothing(Trial.SILENCE);
        receiver.acked(again);
        receiver.nothing(Trial.SILENCE);
    }

    private static void stale(String what, Settled result) {
        assertThat(result).as(what).isEqualTo(Settled.STALE);
    }

    private static void releaseAfterAck(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one(message);
        receiver.acked(delivery);
        stale("release after ack", receiver.release(List.of(delivery)).get(0));
        extensionIsStale(trial, receiver, delivery);
        receiver.nothing(Trial.SILENCE);
    }

    /** Where leases are a session's there is nothing to prolong, and all is done. */
    private static void extensionIsStale(Trial trial, TestReceiver receiver, Delivery delivery) {
        Settled result = receiver.extend(List.of(delivery)).get(0);
        if (trial.capabilities(trial.plainQueue()).leases() == LeaseModel.PER_DELIVERY) {
            stale("extension after that", result);
        }
    }

    private static void afterClose(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(3);
        trial.sender(queue).confirm(messages);
        TestReceiver closed = trial.receiver(queue);
        List<Delivery> held = closed.take(3);
        closed.close();
        stale("ack after close", closed.ack(held.get(0)));
        stale("release after close", closed.release(held.subList(1, 2)).get(0));
        extensionIsStale(trial, closed, held.get(2));
        trial.check(closed.poll().isEmpty(), "a closed receiver handed something over");
        TestReceiver next = trial.receiver(queue);
        List<Delivery> all = next.take(3);
        trial.exactly(messages, all);
        stale("ack after close, while another holds it", closed.ack(held.get(0)));
        next.acked(all);
        next.nothing(Trial.SILENCE);
    }

    private static void otherReceiver(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver holder = trial.receiver(queue);
        Delivery held = holder.one(message);
        TestReceiver other = trial.receiver(queue);
        stale("ack by a receiver that does not hold it", other.ack(held));
        stale(
                "release by a receiver that does not hold it",
                other.release(List.of(held)).get(0));
        other.nothing(Trial.SILENCE);
        assertThat(holder.release(List.of(held))).as("release by the holder").containsExactly(Settled.DONE);
        holder.close();
        other.acked(other.one(message));
    }
}

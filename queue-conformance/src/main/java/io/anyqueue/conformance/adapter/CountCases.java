package io.anyqueue.conformance.adapter;

import io.anyqueue.Feature;
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
import java.util.function.ToIntFunction;

/** What a delivery tells of its past: how often it was handed out, how often that ended in a crash, how often it failed. */
final class CountCases {
    private CountCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("RCV-5/deliveries-rise", "Deliveries begin at 1 and never fall", CountCases::rise),
                Case.of("RCV-5/deliveries-exact", "Deliveries are counted one by one", CountCases::exact)
                        .needs(Feature.EXACT_DELIVERIES, CountCases::rise),
                Case.of("RCV-5/deliveries-each", "Each message has a count of its own", CountCases::each)
                        .needs(Feature.EXACT_DELIVERIES, CountCases::rise),
                Case.of(
                                "RCV-5/attempts-kept",
                                "A message that goes back keeps its failed attempts",
                                CountCases::attempts)
                        .needs(Feature.ATTEMPTS_KEPT),
                Case.of(
                                "RCV-5/attempts-survive",
                                "Attempts outlive a close and a crash, which add none",
                                CountCases::survive)
                        .needs(Feature.ATTEMPTS_KEPT),
                Case.of(
                                "RCV-5/release-is-no-failure",
                                "A release with the same attempts counts no failure",
                                CountCases::noFailure)
                        .needs(Feature.ATTEMPTS_KEPT),
                Case.of("RCV-5/crashes", "A crash is counted, and a release and a close are not", CountCases::crashes)
                        .needs(Feature.CRASH_COUNT, CountCases::crashesUnknown));
    }

    /** {@return the deliveries of one message: first, after a release, after a close, after a crash} */
    private static List<Delivery> wayOfOne(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        List<Delivery> all = new ArrayList<>();
        Broker client = trial.anotherClient();
        TestReceiver first = trial.receiver(client, queue);
        all.add(first.one(message));
        trial.check(first.release(all).equals(List.of(Settled.DONE)), "the release is not done");
        all.add(first.one(message));
        first.close();
        TestReceiver second = trial.receiver(client, queue);
        all.add(second.one(message));
        trial.abandon(client, queue, second);
        all.add(trial.receiver(trial.anotherClient(), queue)
                .take(1, trial.recovery(queue))
                .get(0));
        return all;
    }

    private static List<Integer> numbers(List<Delivery> deliveries, ToIntFunction<Delivery> number) {
        return deliveries.stream().map(number::applyAsInt).toList();
    }

    private static void exact(Trial trial) {
        List<Integer> counts = numbers(wayOfOne(trial), Delivery::deliveries);
        trial.check(
                counts.equals(List.of(1, 2, 3, 4)),
                "deliveries of one message: first, after release, close and crash, are " + counts);
    }

    private static void rise(Trial trial) {
        List<Integer> counts = numbers(wayOfOne(trial), Delivery::deliveries);
        trial.check(
                counts.get(0) == 1 && counts.stream().sorted().toList().equals(counts),
                "deliveries of one message: first, after release, close and crash, are " + counts);
    }

    private static void each(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message often = trial.message();
        Message once = trial.message();
        trial.sender(queue).confirm(often);
        TestReceiver receiver = trial.receiver(queue);
        for (int i = 1; i <= 5; i++) {
            Delivery delivery = receiver.one(often);
            trial.check(
                    delivery.deliveries() == i, "delivery " + i + " says that it is number " + delivery.deliveries());
            trial.check(
                    receiver.release(List.of(delivery)).equals(List.of(Settled.DONE)), "release " + i + " is not done");
        }
        receiver.acked(receiver.one(often));
        trial.sender(queue).confirm(once);
        int count = receiver.one(once).deliveries();
        trial.check(count == 1, "the first delivery of another message says that it is number " + count);
    }

    private static void attempts(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one(message);
        failures(trial, delivery, 0, 0);
        long firstFailedAt = trial.now();
        for (int attempts = 1; attempts <= 3; attempts++) {
            trial.check(
                    receiver.release(delivery, Duration.ZERO, attempts, firstFailedAt) == Settled.DONE,
                    "release with " + attempts + " attempts is not done");
            delivery = receiver.one(message);
            failures(trial, delivery, attempts, firstFailedAt);
        }
        receiver.acked(delivery);
    }

    private static void failures(Trial trial, Delivery delivery, int attempts, long firstFailedAt) {
        trial.check(
                delivery.attempts() == attempts && delivery.firstFailedAtMillis() == firstFailedAt,
                "delivery " + delivery.deliveries() + " says " + delivery.attempts() + " attempts, the first at "
                        + delivery.firstFailedAtMillis() + ", and " + attempts + " at " + firstFailedAt + " is so");
    }

    private static void survive(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Broker client = trial.anotherClient();
        TestReceiver first = trial.receiver(client, queue);
        long firstFailedAt = trial.now();
        first.release(first.one(message), Duration.ZERO, 2, firstFailedAt);
        failures(trial, first.one(message), 2, firstFailedAt);
        first.close();
        TestReceiver second = trial.receiver(client, queue);
        failures(trial, second.one(message), 2, firstFailedAt);
        trial.abandon(client, queue, second);
        TestReceiver third = trial.receiver(trial.anotherClient(), queue);
        failures(trial, third.take(1, trial.recovery(queue)).get(0), 2, firstFailedAt);
    }

    /** Busy, shut down, rebalanced: it goes back without having failed (rule RTY-2). */
    private static void noFailure(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        long firstFailedAt = trial.now();
        for (int i = 0; i < 3; i++) {
            receiver.release(List.of(receiver.one(message)));
        }
        Delivery delivery = receiver.one(message);
        failures(trial, delivery, 0, 0);
        receiver.release(delivery, Duration.ZERO, 1, firstFailedAt);
        for (int i = 0; i < 3; i++) {
            receiver.release(receiver.one(message), Duration.ZERO, 1, firstFailedAt);
        }
        failures(trial, receiver.one(message), 1, firstFailedAt);
    }

    private static void crashes(Trial trial) {
        List<Integer> counts = numbers(wayOfOne(trial), Delivery::crashes);
        trial.check(
                counts.equals(List.of(0, 0, 0, 1)),
                "crashes of one message: first, after release, close and crash, are " + counts);
    }

    private static void crashesUnknown(Trial trial) {
        List<Delivery> deliveries = wayOfOne(trial);
        for (Delivery delivery : deliveries) {
            trial.check(
                    delivery.crashes() >= 0 && delivery.crashes() < delivery.deliveries(),
                    delivery.crashes() + " crashes of " + delivery.deliveries() + " deliveries");
        }
    }
}

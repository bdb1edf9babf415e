package io.anyqueue.conformance.model;

import io.anyqueue.spi.Delivery;

/** The counters of a delivery (rules RCV-5, DLQ-3). */
final class Counts {
    private Counts() {}

    /** Compares with what was counted here, and goes on from there. */
    static void check(Promises promises, Copy copy, Delivery delivery, String who) {
        int seen = copy.deliveries;
        int least = promises.exactDeliveries() ? seen + 1 : Math.max(1, seen);
        boolean unsure = copy.deliveriesUnsure || !promises.exactDeliveries();
        Inadmissible.unless(
                delivery.deliveries() >= least && (unsure || delivery.deliveries() == least),
                "RCV-5",
                who + "says delivery " + delivery.deliveries() + " after " + seen);
        copy.deliveries = delivery.deliveries();
        copy.deliveriesUnsure = false;
        attempts(promises, copy, delivery, who);
        Inadmissible.unless(
                !promises.crashCount() || delivery.crashes() <= copy.unsettled,
                "DLQ-3",
                who + "says " + delivery.crashes() + " crashes, and was left unsettled " + copy.unsettled + " times");
    }

    private static void attempts(Promises promises, Copy copy, Delivery delivery, String who) {
        boolean kept = promises.attemptsKept() && !copy.attemptsUnsure;
        Inadmissible.unless(
                kept ? delivery.attempts() == copy.attempts : delivery.attempts() <= copy.attempts,
                "RCV-5",
                who + "says " + delivery.attempts() + " attempts where " + copy.attempts + " were persisted");
        Inadmissible.unless(
                !kept || delivery.firstFailedAtMillis() == copy.firstFailedAtMillis,
                "RCV-5",
                who + "says first failed at " + delivery.firstFailedAtMillis() + " and not "
                        + copy.firstFailedAtMillis);
    }
}

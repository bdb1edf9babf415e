package io.anyqueue.samples.orders;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The figures of a run at one moment. Immutable.
 *
 * @param read orders that count: those read, and with a state those of earlier runs
 * @param accepted how many were accepted
 * @param cancelled how many were cancellations
 * @param deadLetters how many failed permanently, by reason
 * @param retries failed payments that were run again
 * @param events accepted orders that each subscription knows of
 * @param revenue what was paid, exact
 * @param unfinished orders that have no outcome yet, or whose event has not reached every subscription
 * @param handled messages handled in this run, orders and events
 * @param duplicates those of them that were known already and changed nothing
 */
record Totals(
        long read,
        long accepted,
        long cancelled,
        SortedMap<String, Long> deadLetters,
        long retries,
        Map<Subscription, Long> events,
        BigDecimal revenue,
        long unfinished,
        long handled,
        long duplicates) {
    Totals {
        deadLetters = new TreeMap<>(deadLetters);
        events = new EnumMap<>(events);
    }

    long dead() {
        return deadLetters.values().stream().mapToLong(Long::longValue).sum();
    }

    long settled() {
        return accepted + cancelled + dead();
    }

    /**
     * {@return what the run still waits for}
     *
     * @param deadLetters dead letters that are not there yet
     */
    String missing(int deadLetters) {
        List<String> missing = new ArrayList<>();
        if (settled() < read) {
            missing.add("outcomes of " + (read - settled()) + " orders");
        }
        events.forEach((subscription, count) -> {
            if (count < accepted) {
                missing.add((accepted - count) + " events for " + subscription.label());
            }
        });
        if (deadLetters > 0) {
            missing.add(deadLetters + " dead letters on the broker");
        }
        return String.join(", ", missing);
    }
}

package io.anyqueue.samples.orders;

import io.anyqueue.samples.orders.Outcome.Accepted;
import io.anyqueue.samples.orders.Outcome.DeadLettered;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The figures of {@link Outcomes} while they change. Not thread-safe. */
final class Tally {
    private long read;
    private long accepted;
    private long cancelled;
    private long retries;
    private long unfinished;
    private long handled;
    private long duplicates;
    private int underWay;
    private BigDecimal revenue = BigDecimal.ZERO;
    private final TreeMap<String, Long> deadLetters = new TreeMap<>();
    private final Map<Subscription, Long> events = new EnumMap<>(Subscription.class);

    /** What is known of one order. */
    static final class Entry {
        /** An order of an earlier run counts if its outcome was kept; without a state only what this run reads does. */
        private final boolean kept;

        boolean read;

        @Nullable
        Outcome outcome;

        final Set<Subscription> events = EnumSet.noneOf(Subscription.class);

        Entry(boolean kept) {
            this.kept = kept;
        }

        boolean finished() {
            return outcome != null && (!(outcome instanceof Accepted) || events.size() == Subscription.values().length);
        }
    }

    Tally() {
        for (Subscription subscription : Subscription.values()) {
            events.put(subscription, 0L);
        }
    }

    void add(Entry entry) {
        apply(entry, 1);
    }

    void remove(Entry entry) {
        apply(entry, -1);
    }

    void handled(boolean duplicate) {
        handled++;
        duplicates += duplicate ? 1 : 0;
    }

    /** {@return how many orders were read in this run and have no outcome yet} */
    int underWay() {
        return underWay;
    }

    /** {@return how many orders have no outcome, or an event that has not reached every subscription} */
    long unfinished() {
        return unfinished;
    }

    Totals totals() {
        return new Totals(
                read,
                accepted,
                cancelled,
                deadLetters,
                retries,
                events,
                canonical(revenue),
                unfinished,
                handled,
                duplicates);
    }

    private void apply(Entry entry, int sign) {
        if (!entry.read && !entry.kept) {
            return;
        }
        read += sign;
        unfinished += entry.finished() ? 0 : sign;
        underWay += entry.read && entry.outcome == null ? sign : 0;
        entry.events.forEach(subscription -> events.merge(subscription, (long) sign, Long::sum));
        if (entry.outcome instanceof Accepted order) {
            accepted += sign;
            retries += (long) sign * order.retries();
            revenue = sign > 0 ? revenue.add(order.revenue()) : revenue.subtract(order.revenue());
        } else if (entry.outcome instanceof DeadLettered order) {
            deadLetters.merge(order.reason(), (long) sign, (a, b) -> a + b == 0 ? null : a + b);
        } else if (entry.outcome != null) {
            cancelled += sign;
        }
    }

    /** One number, one text, whatever the scales of the prices that it is the sum of. */
    private static BigDecimal canonical(BigDecimal number) {
        BigDecimal stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}

package io.anyqueue.inmemory.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The broker as one deterministic state machine: commands come in, the state changes, results and {@link Effects} go out.
 * Time comes with each command and never goes back; no clock is read here, and there are no locks, threads, futures or random
 * numbers: the same commands give the same state and the same effects. Not thread-safe.
 *
 * <p>Its time is in nanoseconds since the epoch. Whatever is due at the time of a command happens before the command.
 */
final class BrokerState {
    static final long NANOS_PER_MILLI = 1_000_000;

    private final Map<String, Destination> destinations = new LinkedHashMap<>();
    private final List<Holder> holders = new ArrayList<>();
    private final Effects effects;
    private long now;
    private long sequence;
    private long earliest = Long.MAX_VALUE;

    BrokerState(Effects effects) {
        this.effects = effects;
    }

    /**
     * One message of a forward.
     *
     * @param destination where it goes; null if that does not exist
     * @param message the message
     * @param due when it may be delivered
     */
    record Parcel(@Nullable Destination destination, Message message, long due) {}

    /**
     * The result of a forward.
     *
     * @param outcome what became of it
     * @param index of the message that was refused, if one was
     */
    record Verdict(Outcome outcome, int index) {}

    // Time

    /** Does what is due. */
    void advance(long time) {
        now = Math.max(now, time);
        if (now < earliest) {
            return;
        }
        for (Destination destination : destinations.values()) {
            destination.advance(this);
        }
        earliest = Long.MAX_VALUE;
        for (Destination destination : destinations.values()) {
            note(destination.nextDue());
        }
    }

    /** {@return a time before which nothing is due} There may be nothing at that time either. */
    long earliest() {
        return earliest;
    }

    long now() {
        return now;
    }

    void note(long due) {
        earliest = Math.min(earliest, due);
    }

    long nextSequence() {
        return ++sequence;
    }

    Effects effects() {
        return effects;
    }

    static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    /** {@return the sum of a time and a span that is not negative, or never if that is too far away} */
    static long plus(long time, long span) {
        long sum = time + span;
        return sum < time ? Long.MAX_VALUE : sum;
    }

    // Topology

    /**
     * Creates a destination, or checks that it is there and agrees.
     *
     * @throws QueueException NOT_FOUND or CONFLICT
     */
    void declare(long time, Definition want, boolean create) {
        advance(time);
        Destination have = destinations.get(want.name());
        if (have != null) {
            have.definition().agree(want);
        } else if (create) {
            create(want);
        } else {
            throw notFound(want.kind() + " " + want.name() + " does not exist, and the topology is only validated");
        }
    }

    private void create(Definition definition) {
        if (definition.endpoint() instanceof TopicEndpoint endpoint) {
            destinations.put(definition.name(), new Topic(endpoint, definition));
            return;
        }
        Source source = new Source(definition, effects);
        if (definition.endpoint() instanceof SubscriptionEndpoint endpoint) {
            subscribe(endpoint.topic(), source);
        }
        destinations.put(definition.name(), source);
        for (Holder holder : holders) {
            if (find(holder.endpoint.physicalName(), holder.endpoint) == source) {
                holder.source = source;
                if (holder.open) {
                    effects.exists(holder, true);
                    source.opened(holder, effects);
                }
            }
        }
    }

    private void subscribe(TopicEndpoint endpoint, Source subscription) {
        Definition want = subscription.definition();
        if (!(destinations.get(endpoint.physicalName()) instanceof Topic topic)) {
            throw notFound("topic " + endpoint.physicalName() + " of subscription " + want.name() + " does not exist");
        }
        if (topic.definition().ordered() != want.ordered()) {
            throw Definition.conflict("subscription " + want.name() + " differs from its topic: have [ordered="
                    + topic.definition().ordered() + "], want [ordered=" + want.ordered() + "]");
        }
        topic.subscriptions.add(subscription);
    }

    /** {@return a destination; null if there is none of that kind} */
    @Nullable
    Destination find(String physicalName, Endpoint endpoint) {
        Destination found = destinations.get(physicalName);
        return found != null && found.definition().endpoint().getClass() == endpoint.getClass() ? found : null;
    }

    void purge(long time, Destination destination) {
        advance(time);
        destination.clear(effects);
    }

    void delete(long time, Destination destination) {
        advance(time);
        destinations.remove(destination.definition().name());
        if (destination instanceof Topic topic) {
            List.copyOf(topic.subscriptions).forEach(subscription -> delete(time, subscription));
        }
        if (destination.definition().endpoint() instanceof SubscriptionEndpoint endpoint
                && destinations.get(endpoint.topic().physicalName()) instanceof Topic topic) {
            topic.subscriptions.remove(destination);
        }
        destination.clear(effects);
        for (Holder holder : holders) {
            if (holder.source == destination) {
                holder.source = null;
                holder.waiting = false;
                if (holder.open) {
                    effects.exists(holder, false);
                }
            }
        }
    }

    // Sending

    /**
     * Stores a message, unless it was sent here a short time ago.
     *
     * @param due when it may be delivered; not in the future for at once
     */
    Outcome send(long time, Destination destination, Message message, long due) {
        advance(time);
        // A copy with a history is not what was sent, though it has the same id.
        boolean original = message.history().deliveries() == 0;
        RecentIds recent = destination.recentIds();
        if (original && recent.contains(message.id(), now)) {
            return Outcome.DUPLICATE;
        }
        int size = message.size();
        Outcome outcome = admit(destination, message, size, due);
        if (outcome == Outcome.DONE && destination.store(message, size, due, this) > 0 && original) {
            recent.add(message.id(), now);
        }
        return outcome;
    }

    private Outcome admit(Destination destination, Message message, int size, long due) {
        Definition definition = destination.definition();
        if (definition.tooLarge(message, size)) {
            return Outcome.TOO_LARGE;
        }
        if (definition.ordered()) {
            if (message.key().orElse("").isEmpty()) {
                return Outcome.NO_KEY;
            }
            if (due > now) {
                return Outcome.NO_DELAY;
            }
        }
        return destination.full(size, due > now) ? Outcome.FULL : Outcome.DONE;
    }

    // Receiving

    void attach(Holder holder) {
        holders.add(holder);
        if (find(holder.endpoint.physicalName(), holder.endpoint) instanceof Source source) {
            holder.source = source;
        }
    }

    /** Gives back all that the receiver has; what it settles from now on is stale. */
    void detach(long time, Holder holder) {
        advance(time);
        holders.remove(holder);
        Source source = holder.source;
        if (source != null) {
            source.takeBack(holder);
        }
        holder.source = null;
        holder.open = false;
    }

    void window(long time, Holder holder, boolean open) {
        advance(time);
        if (holder.open == open) {
            return;
        }
        holder.open = open;
        Source source = holder.source;
        if (source == null) {
            if (open) {
                effects.exists(holder, false);
            }
        } else if (open) {
            source.opened(holder, effects);
        } else {
            source.waiters.remove(holder);
        }
    }

    /** {@return how many deliveries were put into the array} */
    int checkout(long time, Holder holder, int max, long maxBytes, @Nullable Receipt[] into) {
        advance(time);
        Source source = holder.source;
        return source == null || !holder.open ? 0 : source.checkout(holder, max, maxBytes, into, this);
    }

    /** Takes a delivery back that was not handed over; of several the last one comes first. */
    void undo(long time, Holder holder, Receipt receipt) {
        advance(time);
        Source source = holder.source;
        if (source != null && current(holder, receipt)) {
            source.undo(receipt.entry);
        }
    }

    // Settling

    Outcome acknowledge(long time, Holder holder, Receipt receipt) {
        advance(time);
        Source source = holder.source;
        if (source == null || !current(holder, receipt)) {
            return late(receipt);
        }
        source.acknowledge(receipt.entry, holder);
        return Outcome.DONE;
    }

    Outcome release(long time, Holder holder, Receipt receipt, long due, int attempts, long firstFailedAtMillis) {
        advance(time);
        Source source = holder.source;
        if (source == null || !current(holder, receipt)) {
            return late(receipt);
        }
        source.release(receipt.entry, holder, due, failed(receipt.entry.history, attempts, firstFailedAtMillis), this);
        return Outcome.DONE;
    }

    private static History failed(History before, int attempts, long firstFailedAtMillis) {
        long first = before.firstFailedAtMillis() == 0 ? firstFailedAtMillis : before.firstFailedAtMillis();
        if (attempts <= before.attempts() && first == before.firstFailedAtMillis()) {
            return before;
        }
        return new History(Math.max(attempts, before.attempts()), before.deliveries(), first);
    }

    Outcome extend(long time, Holder holder, Receipt receipt) {
        advance(time);
        Source source = holder.source;
        if (source == null || !current(holder, receipt)) {
            return late(receipt);
        }
        source.extend(receipt.entry, this);
        receipt.prolonged();
        return Outcome.DONE;
    }

    /** Stores messages and acknowledges a delivery, or does nothing of it. */
    Verdict forward(long time, Holder holder, Receipt receipt, List<Parcel> parcels) {
        advance(time);
        Source source = holder.source;
        if (source == null || !current(holder, receipt)) {
            return new Verdict(late(receipt), -1);
        }
        // The room of what is acknowledged may be used by what is stored.
        source.reserve(-1, -receipt.entry.size, false);
        Outcome outcome = Outcome.DONE;
        int admitted = 0;
        while (admitted < parcels.size() && outcome == Outcome.DONE) {
            outcome = reserve(parcels.get(admitted));
            admitted += outcome == Outcome.DONE ? 1 : 0;
        }
        for (Parcel parcel : parcels.subList(0, admitted)) {
            reserve(parcel, -1);
        }
        source.reserve(1, receipt.entry.size, false);
        if (outcome == Outcome.DONE) {
            source.acknowledge(receipt.entry, holder);
            parcels.forEach(this::store);
        }
        return new Verdict(outcome, admitted);
    }

    private Outcome reserve(Parcel parcel) {
        Destination destination = parcel.destination();
        if (destination == null) {
            return Outcome.NOT_FOUND;
        }
        Outcome outcome = admit(destination, parcel.message(), parcel.message().size(), parcel.due());
        if (outcome == Outcome.DONE) {
            reserve(parcel, 1);
        }
        return outcome;
    }

    private void reserve(Parcel parcel, int sign) {
        Destination destination = parcel.destination();
        if (destination != null) {
            destination.reserve(sign, sign * parcel.message().size(), parcel.due() > now);
        }
    }

    private void store(Parcel parcel) {
        Destination destination = parcel.destination();
        if (destination != null) {
            destination.store(parcel.message(), parcel.message().size(), parcel.due(), this);
        }
    }

    private static boolean current(Holder holder, Receipt receipt) {
        return receipt.holder == holder && receipt.entry.receipt == receipt;
    }

    private Outcome late(Receipt receipt) {
        return receipt.holder.broker == this ? Outcome.STALE : Outcome.FOREIGN;
    }

    private static QueueException notFound(String message) {
        return new QueueException(ErrorCode.NOT_FOUND, message);
    }
}

package io.anyqueue.conformance.model;

import io.anyqueue.Message;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.model.Copy.Standing;
import io.anyqueue.conformance.model.Hold.State;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What may be seen of one queue or subscription after what was done and seen so far. It predicts nothing, as a broker is free in
 * much; it says of each delivery and each result whether the contract lets it be. Used by one thread.
 */
final class SourceModel {
    private final String name;
    private final Promises promises;
    private final Map<String, Copy> copies = new LinkedHashMap<>();

    SourceModel(String name, Promises promises) {
        this.name = name;
        this.promises = promises;
    }

    Promises promises() {
        return promises;
    }

    /** A send was confirmed, or may have been. */
    void stored(Message message, Standing standing, long notBeforeMillis) {
        copies.put(message.id(), new Copy(message, copies.size(), standing, notBeforeMillis));
    }

    Collection<Copy> copies() {
        return copies.values();
    }

    /** {@return what must still come} */
    List<String> owed() {
        return copies.values().stream().filter(Copy::isOwed).map(Copy::id).toList();
    }

    // --- deliveries

    /** A consumer was handed a message, at that time or shortly before. */
    Hold delivered(int consumer, Delivery delivery, long millis, long nanos) {
        Message message = delivery.message();
        Copy copy = copies.get(message.id());
        String who = message.id() + ", handed to consumer " + consumer + " of " + name + ", ";
        if (copy == null) {
            throw new Inadmissible("RCV-1", who + "was never sent there");
        }
        Inadmissible.unless(
                copy.standing != Standing.ACKNOWLEDGED,
                "SET-1",
                who + "had been acknowledged by consumer " + copy.acknowledgedBy);
        Inadmissible.unless(
                millis >= copy.notBeforeMillis,
                "DLY-1",
                who + "is early by " + (copy.notBeforeMillis - millis) + " ms");
        Inadmissible.unless(
                message.key().equals(copy.message.key())
                        && Arrays.equals(message.bodyArray(), copy.message.bodyArray()),
                "SND-7",
                who + "has another key or body than it was sent with");
        checkHolder(copy, consumer, delivery, who, nanos);
        if (promises.ordered()) {
            checkOrder(copy, consumer, delivery, who, nanos);
        }
        Counts.check(promises, copy, delivery, who);
        Hold hold = new Hold(consumer, delivery);
        copy.hold = hold;
        return hold;
    }

    /** {@return whether as far as is known nobody has it, nor somebody else one of its key where that keeps it away} */
    boolean isFor(int consumer, Delivery delivery, long nanos) {
        Copy copy = copies.get(delivery.message().id());
        return copy == null
                || copies.values().stream()
                        .filter(other -> other == copy || (promises.ordered() && other.sameKey(copy)))
                        .flatMap(other ->
                                other.out().stream().filter(hold -> other == copy || hold.consumer != consumer))
                        .noneMatch(hold -> isSurelyHeld(hold, nanos));
    }

    /** {@return whether as far as is known its consumer has it} */
    boolean isSurelyHeld(Hold hold, long nanos) {
        return hold.isHeld() && !mayBeTaken(copy(hold), hold, nanos);
    }

    private void checkHolder(Copy copy, int consumer, Delivery delivery, String who, long nanos) {
        copy.out().ifPresent(old -> {
            Inadmissible.unless(
                    old.state == State.LOOSE || mayBeTaken(copy, old, nanos),
                    "RCV-1",
                    who + "is with consumer " + old.consumer + " for another " + old.millisLeft(nanos) + " ms");
            copy.taken();
            if (promises.ordered() && (old.consumer != consumer || old.delivery.epoch() < delivery.epoch())) {
                takeLane(copy, old.consumer);
            }
        });
    }

    /** All of the key go back together, or the rest would be out of order. */
    private boolean mayBeTaken(Copy copy, Hold hold, long nanos) {
        return hold.mayHaveLapsed(nanos)
                || (promises.ordered()
                        && copies.values().stream()
                                .filter(copy::sameKey)
                                .flatMap(mate -> mate.out().stream())
                                .anyMatch(other -> other.consumer == hold.consumer && other.mayHaveLapsed(nanos)));
    }

    private void takeLane(Copy copy, int consumer) {
        copies.values().stream()
                .filter(mate -> mate != copy && mate.sameKey(copy))
                .filter(mate ->
                        mate.out().filter(out -> out.consumer == consumer).isPresent())
                .forEach(Copy::taken);
    }

    private void checkOrder(Copy copy, int consumer, Delivery delivery, String who, long nanos) {
        for (Copy mate : copies.values()) {
            if (mate == copy || !mate.sameKey(copy)) {
                continue;
            }
            mate.out().filter(out -> out.isHeld() && out.consumer != consumer).ifPresent(out -> {
                Inadmissible.unless(
                        mayBeTaken(mate, out, nanos),
                        "ORD-1",
                        who + "has the key of " + mate.id() + ", which is with consumer " + out.consumer
                                + " for another " + out.millisLeft(nanos) + " ms");
                takeLane(copy, out.consumer);
            });
            if (mate.place < copy.place && mate.isOwed()) {
                Inadmissible.unless(
                        mate.out()
                                .filter(out -> isWith(out, consumer, delivery))
                                .isPresent(),
                        "ORD-1",
                        who + "came before " + mate.id() + " of the same key, which is neither settled nor with it");
            }
        }
    }

    private static boolean isWith(Hold hold, int consumer, Delivery delivery) {
        return hold.consumer == consumer
                && !(hold.delivery.shard().equals(delivery.shard()) && hold.delivery.epoch() < delivery.epoch());
    }

    // --- what ends a hold

    /** The consumer has left: all that it had goes back. */
    void closed(int consumer) {
        copies.values().stream()
                .filter(copy ->
                        copy.out().filter(out -> out.consumer == consumer).isPresent())
                .forEach(Copy::taken);
    }

    /** The consumer's session broke: what it had goes back, and what it had buffered, and its latest acknowledgements may be lost. */
    void crashed(int consumer, long nanos) {
        closed(consumer);
        for (Copy copy : copies.values()) {
            copy.deliveriesUnsure = true;
            if (copy.standing == Standing.ACKNOWLEDGED
                    && copy.acknowledgedBy == consumer
                    && nanos - copy.acknowledgedAtNanos < promises.ackLoss().toNanos()) {
                copy.standing = Standing.MAYBE;
            }
        }
    }

    /** The consumer was told that a shard is lost, or is to be handed over. */
    void taken(int consumer, Object shard, long epoch, boolean already) {
        for (Copy copy : copies.values()) {
            Hold hold = copy.out().orElse(null);
            if (hold == null) {
                // It may have been in the adapter's buffer.
                copy.deliveriesUnsure = true;
            } else if (hold.consumer == consumer && hold.isOf(shard, epoch)) {
                if (already) {
                    copy.taken();
                } else {
                    hold.state = State.LOOSE;
                }
            }
        }
    }

    // --- settlements

    void acknowledged(Hold hold, Settled result, Moment moment) {
        if (judge(hold, result, moment, "ack")) {
            Copy copy = copy(hold);
            copy.standing = result == Settled.DONE ? Standing.ACKNOWLEDGED : Standing.MAYBE;
            copy.acknowledgedBy = hold.consumer;
            copy.acknowledgedAtNanos = moment.nanosAfter();
        }
    }

    void released(Hold hold, Receiver.Release release, Settled result, Moment moment) {
        if (judge(hold, result, moment, "release")) {
            Copy copy = copy(hold);
            copy.attempts = Math.max(copy.attempts, release.attempts());
            copy.firstFailedAtMillis = release.firstFailedAtMillis();
            copy.attemptsUnsure = result == Settled.UNKNOWN;
            copy.notBeforeMillis = result == Settled.UNKNOWN
                    ? 0
                    : moment.millisBefore() + release.delay().toMillis();
        }
    }

    void extended(Hold hold, Settled result, Moment moment) {
        State before = hold.state;
        if (judge(hold, result, moment, "extension")) {
            // Prolonged is not settled.
            hold.state = before;
            hold.extended(moment.nanosBefore() + promises.lease().toNanos());
        }
    }

    /** {@return whether the settlement has taken effect, or may have} */
    private boolean judge(Hold hold, Settled result, Moment moment, String verb) {
        if (!hold.isOut()) {
            Inadmissible.unless(
                    hold.state != State.TAKEN || result != Settled.DONE || !promises.fenced(),
                    "SET-2",
                    "a late " + verb + " of " + hold.id() + " by consumer " + hold.consumer + " of " + name
                            + " is said to have taken effect");
            return false;
        }
        Inadmissible.unless(
                result != Settled.STALE || !isSurelyHeld(hold, moment.nanosAfter()),
                "RCV-3",
                "the " + verb + " of " + hold.id() + " by consumer " + hold.consumer + " of " + name
                        + " is stale, though it holds it for another " + hold.millisLeft(moment.nanosAfter())
                        + " ms");
        if (result == Settled.STALE) {
            copy(hold).taken();
            return false;
        }
        hold.state = result == Settled.DONE ? State.SETTLED : State.LOOSE;
        return true;
    }

    private Copy copy(Hold hold) {
        Copy copy = copies.get(hold.id());
        if (copy == null) {
            throw new IllegalStateException(hold.id() + " was accepted and is not known");
        }
        return copy;
    }
}

package io.anyqueue.conformance.model;

import io.anyqueue.Message;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One message in one queue or subscription, as far as it is known what became of it. Used by one thread. */
final class Copy {
    final Message message;
    /** The how manieth it was to be sent. */
    final int place;

    Standing standing;
    long notBeforeMillis;
    int deliveries;
    /** It may have been handed to a consumer that crashed before it could be seen. */
    boolean deliveriesUnsure;

    int attempts;
    long firstFailedAtMillis;
    /** A release may have taken effect. */
    boolean attemptsUnsure;
    /** How often it was with a consumer and was neither acknowledged nor released. */
    int unsettled;

    int acknowledgedBy = -1;
    long acknowledgedAtNanos;

    @Nullable
    Hold hold;

    /** What is known of it. */
    enum Standing {
        /** It is stored and must come. */
        OWED,
        /** It may be stored, and may come. */
        MAYBE,
        /** It was acknowledged and must not come any more. */
        ACKNOWLEDGED
    }

    Copy(Message message, int place, Standing standing, long notBeforeMillis) {
        this.message = message;
        this.place = place;
        this.standing = standing;
        this.notBeforeMillis = notBeforeMillis;
        this.attempts = message.history().attempts();
        this.deliveries = message.history().deliveries();
    }

    String id() {
        return message.id();
    }

    boolean isOwed() {
        return standing == Standing.OWED;
    }

    boolean sameKey(Copy other) {
        return message.key().equals(other.message.key());
    }

    /** {@return the delivery that is with a consumer, if one may be} */
    Optional<Hold> out() {
        Hold current = hold;
        return current != null && current.isOut() ? Optional.of(current) : Optional.empty();
    }

    /** It is with nobody any more, and was not settled. */
    void taken() {
        out().ifPresent(current -> {
            current.state = Hold.State.TAKEN;
            unsettled++;
        });
    }
}

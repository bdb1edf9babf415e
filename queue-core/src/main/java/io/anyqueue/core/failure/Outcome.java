package io.anyqueue.core.failure;

import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of a delivery after the pipeline has run. */
public sealed interface Outcome {
    /** Handled, and nothing to send with it: by far the most frequent. */
    Outcome ACK = new Ack(List.of());

    /**
     * Handled; the messages are stored together with the acknowledgement.
     *
     * @param sends what the handler sent and is not stored yet
     */
    record Ack(List<Receiver.Forward> sends) implements Outcome {}

    /**
     * Run again by this consumer, which keeps the lease, and on an ordered source the lane.
     *
     * @param after how much later
     */
    record Hold(Duration after) implements Outcome {}

    /**
     * A failed attempt: goes back to the broker with the number of attempts.
     *
     * @param after not deliverable before
     */
    record Retry(Duration after) implements Outcome {}

    /**
     * Not an attempt: goes back to the broker as it came.
     *
     * @param after not deliverable before
     */
    record Release(Duration after) implements Outcome {}

    /**
     * A store or destination that it needs is away: not an attempt.
     *
     * @param after when to try again
     * @param what what is away
     * @param why how that showed
     */
    record Away(Duration after, String what, Throwable why) implements Outcome {}

    /**
     * The process cannot run handlers: not an attempt, and there is no use in running others.
     *
     * @param error what the handler met
     */
    record Fatal(Throwable error) implements Outcome {}

    /**
     * Given up and kept.
     *
     * @param reason why
     * @param failure what the handler or decoder threw, if it did
     */
    record DeadLetter(DeadLetterReason reason, @Nullable Throwable failure) implements Outcome {}

    /**
     * Given up and not kept; counted.
     *
     * @param why why
     * @param failure what the handler threw, if it did
     */
    record Drop(Why why, @Nullable Throwable failure) implements Outcome {
        /** Without a failure. */
        public Drop(Why why) {
            this(why, null);
        }

        /** Why a message is dropped. */
        public enum Why {
            /** Too old. */
            EXPIRED,
            /** Of a type that the subscription does not handle. */
            SKIPPED,
            /** Handled before. */
            DUPLICATE,
            /** Its attempts are used up, and the consumer asked to drop such messages. */
            EXHAUSTED
        }
    }
}

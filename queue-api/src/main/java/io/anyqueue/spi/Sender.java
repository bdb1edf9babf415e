package io.anyqueue.spi;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Sends to one endpoint (rules SND-1 to SND-8). Safe for use by any thread. It never blocks, never retries and never throws
 * for a message.
 */
public interface Sender {
    /**
     * Sends messages. Each gets exactly one result, as soon as it is known, from any thread. One that is refused does not
     * harm the others. Rejected are, among others: with NOT_FOUND what goes to a missing destination (rule SND-3), with
     * TOO_LARGE one whose {@link Message#size()} is above {@link io.anyqueue.Limits#maxBytes()} (rule SND-5), with
     * INVALID_ARGUMENT a message without a key on an ordered one (rule ORD-3), with UNSUPPORTED one whose delay the
     * capabilities do not allow (rule DLY-1), with CLOSED everything after {@link #close}.
     *
     * <p>{@link Message#deliverAtMillis()} in the past is at once. {@link Message#expiresAtMillis()} is only carried: an expired
     * message is stored and handed out like others, as the runtime is to drop it, or to dead-letter it, and to count it
     * (rule EXP-1).
     *
     * @param batch the messages, in order; not kept after the call
     * @param results takes the results
     */
    void send(List<? extends PendingSend> batch, Results results);

    /**
     * Closes the sender after what was accepted has its result (rule SND-8). Calling it again returns the same stage. May be
     * called from any callback.
     *
     * @param limit how long that may take, zero or less for not at all; what is left then becomes UNKNOWN
     * @return completes when it is closed
     */
    CompletionStage<Void> close(Duration limit);

    /** A message whose result is awaited: the runtime's own object, which also is the user's future. */
    interface PendingSend {
        /** {@return the message} */
        Message message();
    }

    /** Takes the results of a send. Never blocks and never throws; called from any thread. */
    interface Results {
        /**
         * The broker has stored it as durably as the destination is configured (rule SND-1).
         *
         * @param send the message
         */
        void confirmed(PendingSend send);

        /**
         * It is certainly not stored.
         *
         * @param send the message
         * @param why the failure; if it is retryable the runtime may send the message again
         */
        void rejected(PendingSend send, QueueException why);

        /**
         * It may be stored (rule SND-2): the runtime sends it again with the same id.
         *
         * @param send the message
         * @param why the failure
         */
        void unknown(PendingSend send, QueueException why);
    }
}

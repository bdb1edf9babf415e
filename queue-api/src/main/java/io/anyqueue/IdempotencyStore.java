package io.anyqueue;

import java.time.Duration;
import java.time.Instant;

/**
 * Remembers which messages were handled (rules IDM-1, IDM-2). A claim has a lease, so that a crashed owner is replaced, and
 * a fencing token, so that an owner that was replaced can change nothing any more.
 *
 * <p>Implementations are safe for use by any thread. They may block, and are called by handler threads only. A store that
 * cannot be reached throws {@link QueueException} with UNAVAILABLE; the message is then given back, uncounted.
 */
public interface IdempotencyStore {
    /**
     * {@return a store in this process's memory} It keeps a record for 10 minutes and at most 100,000 completed records, and
     * shares nothing with other processes.
     *
     * @throws QueueException INTERNAL if the runtime is not on the class path or module path
     */
    static IdempotencyStore inMemory() {
        return QueueClientProvider.load().inMemoryIdempotencyStore();
    }

    /**
     * Claims a message before its handler runs.
     *
     * @param scope the source: a queue's or subscription's name
     * @param key the idempotency key
     * @param lease how long the claim holds unless it is renewed
     * @param now the current time
     * @return whether it was granted
     */
    Claim claim(String scope, String key, Duration lease, Instant now);

    /**
     * Prolongs a claim.
     *
     * @param scope the source
     * @param key the idempotency key
     * @param token from the claim
     * @param lease how long it holds from now on
     * @param now the current time
     * @return whether the claim is still the caller's
     */
    boolean renew(String scope, String key, long token, Duration lease, Instant now);

    /**
     * Records that the message was handled.
     *
     * @param scope the source
     * @param key the idempotency key
     * @param token from the claim
     * @param now the current time
     * @return whether the claim was still the caller's; if not nothing was changed
     */
    boolean complete(String scope, String key, long token, Instant now);

    /**
     * Gives a claim back, after a failure.
     *
     * @param scope the source
     * @param key the idempotency key
     * @param token from the claim
     * @return whether the claim was still the caller's; if not nothing was changed
     */
    boolean release(String scope, String key, long token);

    /** {@return how long a completed record is kept at least} */
    Duration retention();

    /** The answer to a claim. */
    sealed interface Claim {
        /**
         * The caller owns the message now.
         *
         * @param token proves it; higher than every earlier token for the key
         */
        record Granted(long token) implements Claim {}

        /**
         * Another owner is at it.
         *
         * @param until when its lease ends
         */
        record InProgress(Instant until) implements Claim {}

        /** It was handled. */
        record Completed() implements Claim {}
    }
}

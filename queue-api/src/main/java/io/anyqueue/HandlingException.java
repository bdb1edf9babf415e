package io.anyqueue;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler to say how its failure is to be taken (rules RTY-1, RTY-2). Any other exception is a transient
 * failure and follows the consumer's {@link RetryPolicy}.
 *
 * <p>Immutable but for the stack trace; safe for use by any thread.
 */
public final class HandlingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** How the failure is to be taken. */
    public enum Kind {
        /** No retry can help: dead-letter now. */
        PERMANENT,
        /** Run again after the given time; not an attempt. */
        RETRY_AFTER,
        /** Something needed is in use by somebody else; run again after the given time; not an attempt. */
        BUSY
    }

    private final Kind kind;
    private final @Nullable Duration delay;

    private HandlingException(Kind kind, String message, @Nullable Duration delay, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.delay = delay;
    }

    /**
     * A failure that no retry can mend: the message is dead-lettered at once, with the reason as its error.
     *
     * @param reason a short text; becomes {@link DeadLetter#error()}
     * @param cause at most one cause
     * @return the exception to throw
     */
    public static HandlingException permanent(String reason, Throwable... cause) {
        Arguments.notNull(reason, "reason");
        Arguments.notNull(cause, "cause");
        return new HandlingException(Kind.PERMANENT, reason, null, cause.length == 0 ? null : cause[0]);
    }

    /**
     * Run again after a time that the callee gave; does not count as an attempt. A message that is put off for longer than
     * {@link RetryPolicy#within}, or 72 hours where that is not set, is given up as if its attempts were used up.
     *
     * @param delay zero or more
     * @param cause the cause, or null
     * @return the exception to throw
     */
    public static HandlingException retryAfter(Duration delay, @Nullable Throwable cause) {
        Arguments.notNegative(delay, "delay");
        return new HandlingException(Kind.RETRY_AFTER, "retry after " + delay, delay, cause);
    }

    /**
     * What is needed is busy: give the message back and run it again later; does not count as an attempt.
     *
     * @param delay zero or more
     * @return the exception to throw
     */
    public static HandlingException busy(Duration delay) {
        Arguments.notNegative(delay, "delay");
        return new HandlingException(Kind.BUSY, "busy for " + delay, delay, null);
    }

    /** {@return how the failure is to be taken} */
    public Kind kind() {
        return kind;
    }

    /** {@return when to run again, counted from now; empty for a permanent failure} */
    public Optional<Duration> delay() {
        return Optional.ofNullable(delay);
    }
}

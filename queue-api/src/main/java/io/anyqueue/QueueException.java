package io.anyqueue;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of Anyqueue; {@link #code()} says what kind of failure it is (rule ERR-1).
 *
 * <p>Messages name the broker, the destination, the limit and the actual value where there are such, and never hold a
 * secret (rule ERR-2). The cause is the native client's exception where there was one. Safe for use by any thread.
 */
public class QueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final boolean maybeStored;

    /**
     * Creates an exception without a cause.
     *
     * @param code the kind of failure
     * @param message what happened and what to do about it
     */
    public QueueException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /**
     * Creates an exception.
     *
     * @param code the kind of failure
     * @param message what happened and what to do about it
     * @param cause the native exception, or null
     */
    public QueueException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, code == ErrorCode.UNCONFIRMED);
    }

    /**
     * Creates an exception for a send.
     *
     * @param code the kind of failure
     * @param message what happened and what to do about it
     * @param cause the native exception, or null
     * @param maybeStored whether the message may be stored on the broker all the same
     */
    public QueueException(ErrorCode code, String message, @Nullable Throwable cause, boolean maybeStored) {
        super(message, cause);
        this.code = code;
        this.maybeStored = maybeStored;
    }

    /** {@return the kind of failure} */
    public final ErrorCode code() {
        return code;
    }

    /** {@return whether the same call may succeed later without a change} */
    public final boolean retryable() {
        return code.retryable();
    }

    /**
     * {@return whether the message of a failed send may be stored all the same, so that sending it again can duplicate
     * it (rule SND-2)}
     */
    public final boolean maybeStored() {
        return maybeStored;
    }
}

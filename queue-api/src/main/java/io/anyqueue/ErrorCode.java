package io.anyqueue;

/**
 * What kind of failure a {@link QueueException} reports; the same codes on every broker (rule ERR-1).
 *
 * <p>Immutable and safe for use by any thread.
 */
public enum ErrorCode {
    /** The destination does not exist. */
    NOT_FOUND(false),
    /** The object exists and was to be created anew. */
    ALREADY_EXISTS(false),
    /** What exists on the broker differs from what was declared (other order, shards, lease or arguments). */
    CONFLICT(false),
    /** An argument, a setting or a URL is wrong; nothing was sent. */
    INVALID_ARGUMENT(false),
    /** A message, its headers or a name is larger than the limit; nothing was sent. */
    TOO_LARGE(false),
    /** This broker, its version or this release of Anyqueue cannot do what was asked. */
    UNSUPPORTED(false),
    /** The broker cannot be reached, or refused for now. */
    UNAVAILABLE(true),
    /** A wait reached its deadline. */
    TIMEOUT(true),
    /** The broker did not accept the credentials. */
    UNAUTHENTICATED(false),
    /** The credentials do not permit the operation. */
    FORBIDDEN(false),
    /** A bounded buffer, the send gate or the broker is full. */
    RESOURCE_EXHAUSTED(true),
    /** A send whose fate is unknown: the message may be stored (rule SND-2). */
    UNCONFIRMED(true),
    /** A body could not be decoded into the type that was registered for it. */
    UNDECODABLE(false),
    /** The handler of a request failed for good. */
    HANDLER_FAILED(false),
    /** A settlement came after the lease was lost (rule SET-2). */
    STALE(false),
    /** The calling thread was interrupted while it waited; its interrupt flag is set again. */
    INTERRUPTED(true),
    /** The client, consumer or connection is closed. */
    CLOSED(false),
    /** A defect in Anyqueue or an adapter; please report it. */
    INTERNAL(false);

    private final boolean retryable;

    ErrorCode(boolean retryable) {
        this.retryable = retryable;
    }

    /** {@return whether the same call may succeed later without a change} */
    public boolean retryable() {
        return retryable;
    }
}

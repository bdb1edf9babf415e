package io.anyqueue.testbrokers;

import org.jspecify.annotations.Nullable;

/** There is no way to get a broker here; the message says what to install. Tests fail with it, and are never left out silently. */
public final class BrokerMissingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * Makes one.
     *
     * @param message what was tried, and what to do
     * @param cause why the last try failed; {@code null} if nothing was thrown
     */
    public BrokerMissingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

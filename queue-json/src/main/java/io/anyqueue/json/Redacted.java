package io.anyqueue.json;

import org.jspecify.annotations.Nullable;

/** Stands for an exception whose message may quote the payload: its class name and stack trace, without the message. */
final class Redacted extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MOST_CAUSES = 8;

    private Redacted(Throwable original, @Nullable Throwable cause) {
        super(original.getClass().getName() + " (message withheld)", cause, false, true);
        setStackTrace(original.getStackTrace());
    }

    static Redacted of(Throwable original) {
        return of(original, MOST_CAUSES);
    }

    private static Redacted of(Throwable original, int causesLeft) {
        Throwable cause = original.getCause();
        return new Redacted(original, cause == null || causesLeft == 0 ? null : of(cause, causesLeft - 1));
    }
}

package io.anyqueue.testbrokers.os;

/** A program did not do what it was run for; the message has its output. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommandFailedException(String message) {
        super(message);
    }

    CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}

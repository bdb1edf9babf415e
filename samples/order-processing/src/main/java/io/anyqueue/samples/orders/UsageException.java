package io.anyqueue.samples.orders;

/** The command cannot be carried out as it was given; nothing was done. Its message is one line for the user. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}

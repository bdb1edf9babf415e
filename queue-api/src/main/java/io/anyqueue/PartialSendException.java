package io.anyqueue;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Some messages of a {@code sendAll} were not confirmed; those that are not listed were (rule SND-5).
 *
 * <p>The code is that of the first failure. Safe for use by any thread.
 */
public final class PartialSendException extends QueueException {
    private static final long serialVersionUID = 1L;

    private final transient Map<Integer, QueueException> failures;

    /**
     * Creates the exception.
     *
     * @param message the summary
     * @param failures the failure of each message that was not confirmed, by its index in the list; not empty
     */
    public PartialSendException(String message, Map<Integer, QueueException> failures) {
        super(first(failures).code(), message, first(failures), maybeStored(failures));
        this.failures = Collections.unmodifiableMap(new TreeMap<>(failures));
    }

    /** {@return the failure of each message that was not confirmed, by its index in the list that was sent, in that order} */
    public Map<Integer, QueueException> failures() {
        return failures;
    }

    private static QueueException first(Map<Integer, QueueException> failures) {
        return failures.entrySet().stream()
                .min(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .orElseThrow(() -> Arguments.invalid("failures is empty"));
    }

    private static boolean maybeStored(Map<Integer, QueueException> failures) {
        return failures.values().stream().anyMatch(QueueException::maybeStored);
    }
}

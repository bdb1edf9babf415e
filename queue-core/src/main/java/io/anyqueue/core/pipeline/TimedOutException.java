package io.anyqueue.core.pipeline;

import java.time.Duration;

/** A handler was interrupted as it ran longer than its time-out. */
final class TimedOutException extends Exception {
    private static final long serialVersionUID = 1L;

    TimedOutException(Duration timeout, Throwable thrown) {
        super("interrupted after the time-out of " + timeout, thrown);
    }
}

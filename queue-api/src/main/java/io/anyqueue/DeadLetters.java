package io.anyqueue;

import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The dead letters of a queue or subscription (rules DLQ-1, DLQ-4). Safe for use by any thread; the calls block on the
 * broker.
 */
public interface DeadLetters {
    /**
     * {@return the dead letters, oldest first, read page by page while the stream is consumed} Nothing is consumed; letters
     * that arrive meanwhile may or may not be in it.
     *
     * @throws QueueException UNSUPPORTED if the broker cannot be browsed; UNAVAILABLE, FORBIDDEN
     */
    Stream<DeadLetter> list();

    /**
     * Plans to send dead letters back to where they failed, and only there.
     *
     * @param filter which letters
     * @return a plan; nothing happens before {@link Redrive#run()}
     * @throws QueueException UNSUPPORTED if this release cannot redrive
     */
    Redrive redrive(Predicate<DeadLetter> filter);

    /**
     * Discards dead letters for good, with a log line for each.
     *
     * @param filter which letters
     * @param reason why, for the log
     * @return how many
     * @throws QueueException UNSUPPORTED if this release cannot discard
     */
    long discard(Predicate<DeadLetter> filter, String reason);
}

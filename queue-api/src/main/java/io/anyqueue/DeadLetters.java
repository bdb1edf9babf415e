package io.anyqueue;

import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The dead letters of a queue or subscription (rules DLQ-1, DLQ-4). Safe for use by any thread; the calls block on the
 * broker.
 *
 * <p>Messages of parked keys are dead letters too (rule ORD-4): listed behind the others, key by key and in their order. A
 * redrive sends back the first of a key; those behind it follow one by one, each when the one before it was handled.
 * Discarding the first leaves the key parked with the next one; with its last message the key is free. A store that a
 * consumer was given by {@link ConsumerBuilder#parking} is known to the client that started that consumer.
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
     * @throws QueueException INVALID_ARGUMENT if the filter is null
     */
    Redrive redrive(Predicate<DeadLetter> filter);

    /**
     * Discards dead letters for good, with a log line for each. Letters that arrive after it began are left alone, as in
     * {@link Redrive}; the others keep their place in the same way.
     *
     * @param filter which letters
     * @param reason why, for the log; not blank
     * @return how many
     * @throws QueueException INVALID_ARGUMENT if an argument is null or the reason blank; UNAVAILABLE, FORBIDDEN, TIMEOUT,
     *     INTERRUPTED or CLOSED if it cannot go on: the text says how many were discarded
     */
    long discard(Predicate<DeadLetter> filter, String reason);
}

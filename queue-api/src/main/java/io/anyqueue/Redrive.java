package io.anyqueue;

import java.time.Duration;
import java.util.List;

/**
 * A plan to send dead letters back to the queue or subscription that failed, and only there (rule DLQ-4). Each setting changes
 * and returns this plan. Not thread-safe.
 *
 * <p>A letter that goes back keeps its id, its key and its headers; its attempts begin anew and its deliveries go on (rule
 * RCV-5). It is stored where it failed and taken out of the dead letters in one step where the broker can do that, else in
 * this order: a crash in between duplicates it, with its id, and never loses it (rule SET-4). So a run that was cut off is
 * continued by running again, and two at once lose nothing.
 *
 * <p>Of a parked key the first letter is sent back if it is selected, whatever is behind it, and stays in its place until it was
 * handled: running again while it is on its way sends it twice, and one of both is dropped as a duplicate. It goes even if it
 * has expired, lest it hold up its key.
 *
 * <p>Letters are left alone that the filter does not select, that came after the run began, that were redriven
 * {@link #maxRedrives} times before, or whose message has expired, as it would only be dropped where it goes. They keep their
 * place, but for one case: to see past 1,000 letters or 16 MiB of such, a run has to put them behind the others.
 */
public interface Redrive {
    /**
     * Takes at most this many letters.
     *
     * @param letters 1 or more; default no limit
     * @return this
     * @throws QueueException INVALID_ARGUMENT if out of range
     */
    Redrive limit(int letters);

    /**
     * Sends at most this many letters in a period, evenly spaced.
     *
     * @param letters 1 or more; default 100
     * @param period more than zero; default 1 s
     * @return this
     * @throws QueueException INVALID_ARGUMENT if out of range
     */
    Redrive rate(int letters, Duration period);

    /**
     * Leaves letters alone that were redriven this often, lest a message goes round in circles.
     *
     * @param times 1 or more; default 3
     * @return this
     * @throws QueueException INVALID_ARGUMENT if out of range
     */
    Redrive maxRedrives(int times);

    /**
     * Shows what a run would send now. Nothing is consumed where the broker can be browsed; else letters are received and
     * given back, and no more than the first 1,000 are looked at.
     *
     * @return the letters that would be sent, oldest first; at most 10,000
     * @throws QueueException UNAVAILABLE, FORBIDDEN, TIMEOUT, INTERRUPTED, CLOSED
     */
    List<DeadLetter> preview();

    /**
     * Sends letters back, and returns when all were seen or the limit is reached.
     *
     * @return how many letters were sent back; letters that arrived after the start are left alone
     * @throws QueueException if a letter cannot be stored where it failed (RESOURCE_EXHAUSTED, UNAVAILABLE, NOT_FOUND, …) or
     *     the run cannot go on (INTERRUPTED, CLOSED). The text says how many were sent back; all others are still there, and
     *     running again continues
     */
    long run();

    /**
     * {@return how many letters the last {@link #run()} or {@link #preview()} saw that the filter selects and that were left
     * alone all the same, being redriven too often or expired; the log has them one by one}
     */
    long leftAlone();
}

package io.anyqueue;

import java.time.Duration;
import java.util.List;

/**
 * A plan to send dead letters back to the queue or subscription that failed (rule DLQ-4). Each setting changes and returns
 * this plan. Not thread-safe.
 */
public interface Redrive {
    /**
     * Takes at most this many letters.
     *
     * @param letters 1 or more; default no limit
     * @return this
     */
    Redrive limit(int letters);

    /**
     * Sends at most this many letters in a period.
     *
     * @param letters 1 or more; default 100
     * @param period more than zero; default 1 s
     * @return this
     */
    Redrive rate(int letters, Duration period);

    /**
     * Leaves letters alone that were redriven this often.
     *
     * @param times 1 or more; default 3
     * @return this
     */
    Redrive maxRedrives(int times);

    /** {@return the letters that would be sent now, oldest first} */
    List<DeadLetter> preview();

    /** {@return how many letters were sent back; letters that arrived after the start are left alone} */
    long run();
}

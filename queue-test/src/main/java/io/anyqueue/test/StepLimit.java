package io.anyqueue.test;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** Ends what would run for ever, and says what it was. Used by the loop's thread. */
final class StepLimit {
    private static final int MOST = 1_000_000;
    /** Of so many last steps it is told what ran. */
    private static final int TOLD = 1_000;

    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Set<String> running = new TreeSet<>();
    private long begin;
    private int steps;

    void count(Runnable task, long now) {
        if (now - begin >= PERIOD.toNanos()) {
            begin = now;
            steps = 0;
            running.clear();
        }
        steps++;
        if (steps > MOST - TOLD) {
            running.add(VirtualTask.nameOf(task));
        }
        if (steps > MOST) {
            steps = 0;
            throw new IllegalStateException("more than " + MOST + " steps within " + PERIOD
                    + " of virtual time: something starts itself again and again; running were " + running);
        }
    }
}

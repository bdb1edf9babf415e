package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Gives back jobs that do not run: uncounted, with the attempts they have, and in the order in which they came, so that each
 * key keeps its order (rules LIF-1, ORD-1). Safe for use by any thread.
 */
final class Returns {
    private final InFlight inFlight;
    private final Holds holds;
    private final Dispatcher dispatcher;
    private final Settler settler;

    Returns(InFlight inFlight, Holds holds, Dispatcher dispatcher, Settler settler) {
        this.inFlight = inFlight;
        this.holds = holds;
        this.dispatcher = dispatcher;
        this.settler = settler;
    }

    void giveBack(Predicate<Job> which) {
        List<Job> taken = new ArrayList<>();
        List<Job> held = new ArrayList<>();
        for (Job job : inFlight.select(job -> !job.isRunning() && which.test(job))) {
            if (holds.remove(job)) {
                held.add(job);
            }
            if (job.takeAway()) {
                taken.add(job);
            }
        }
        // Only now that all of them are taken: what waits behind one of them must not start in between.
        held.forEach(dispatcher::finished);
        List<Receiver.Release> back = new ArrayList<>();
        for (Job job : taken) {
            if (job.isLost()) {
                settler.forget(job);
            } else {
                back.add(
                        new Receiver.Release(job.delivery(), Duration.ZERO, job.attempts(), job.firstFailedAtMillis()));
            }
        }
        settler.release(back);
    }
}

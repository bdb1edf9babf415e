package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops jobs whose lease or shard was lost: what waits is not started, what runs is interrupted and its result ignored (rule
 * RCV-4). Called by the adapter's threads and the scheduler.
 */
final class Losses {
    private static final Logger LOG = LoggerFactory.getLogger(Losses.class);

    private final Source source;
    private final InFlight inFlight;
    private final Holds holds;
    private final Consumer<Job> waiting;

    /** @param waiting takes a job that is dropped before it ran, to let go of what waits behind it */
    Losses(Source source, InFlight inFlight, Holds holds, Consumer<Job> waiting) {
        this.source = source;
        this.inFlight = inFlight;
        this.holds = holds;
        this.waiting = waiting;
    }

    void lost(Job job) {
        source.metrics().lost.increment();
        boolean held = holds.remove(job);
        if (job.takeAway()) {
            inFlight.remove(job);
            if (held) {
                waiting.accept(job);
            }
        } else {
            job.interrupt(Job.Interrupt.LOST);
        }
    }

    /** Drops everything of a shard up to an epoch. */
    void lost(Object shard, long epoch) {
        var lost = inFlight.select(
                job -> job.delivery().epoch() <= epoch && job.delivery().shard().equals(shard));
        if (!lost.isEmpty()) {
            LOG.warn("{}: lost {} with {} deliveries; they are delivered again", source.name(), shard, lost.size());
            lost.forEach(this::lost);
        }
    }
}

package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    private final Dispatcher dispatcher;
    private final Settler settler;
    /** What was lost since the last poll began: few, and cleared at each poll. */
    private final Queue<Shard> recent = new ConcurrentLinkedQueue<>();

    private record Shard(Object shard, long epoch) {}

    Losses(Source source, InFlight inFlight, Holds holds, Dispatcher dispatcher, Settler settler) {
        this.source = source;
        this.inFlight = inFlight;
        this.holds = holds;
        this.dispatcher = dispatcher;
        this.settler = settler;
    }

    /** The lease of one delivery was lost; on an ordered source what came with it must not overtake it (rule ORD-1). */
    void lost(Job job) {
        if (source.spec().ordered()) {
            lost(job.delivery().shard(), job.delivery().epoch());
        } else {
            drop(job);
        }
    }

    /** Drops everything of a shard up to an epoch. */
    void lost(Object shard, long epoch) {
        recent.add(new Shard(shard, epoch));
        dropAll(new Shard(shard, epoch));
    }

    /** What is lost from here on may be on its way from the adapter. */
    void pollBegins() {
        recent.clear();
    }

    /** What was polled is in flight now: drops what was lost meanwhile. */
    void pollEnds() {
        recent.forEach(this::dropAll);
    }

    private void dropAll(Shard lost) {
        List<Job> jobs = inFlight.select(job ->
                job.delivery().epoch() <= lost.epoch() && job.delivery().shard().equals(lost.shard()));
        if (!jobs.isEmpty()) {
            LOG.warn(
                    "{}: lost {} with {} deliveries; they are delivered again",
                    source.name(),
                    lost.shard(),
                    jobs.size());
            // The last first, so that nothing starts because the one before it is gone.
            for (int i = jobs.size() - 1; i >= 0; i--) {
                drop(jobs.get(i));
            }
        }
    }

    private void drop(Job job) {
        if (job.isLost() || job.isOver()) {
            return;
        }
        source.metrics().lost.increment();
        boolean held = holds.remove(job);
        if (job.takeAway()) {
            if (held) {
                dispatcher.finished(job);
            }
            settler.forget(job);
            return;
        }
        job.interrupt(Job.Interrupt.LOST);
        if (job.abandonMove()) {
            dispatcher.finished(job);
            settler.forget(job);
        }
    }
}

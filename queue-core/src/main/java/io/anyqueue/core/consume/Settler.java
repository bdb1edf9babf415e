package io.anyqueue.core.consume;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.QueueException;
import io.anyqueue.core.pipeline.Job;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the broker what became of deliveries: acknowledgements in batches, everything else at once (rules SET-1 to SET-3).
 * Called by worker threads and the scheduler; results come from the adapter's threads.
 */
final class Settler implements Receiver.Results {
    private static final Logger LOG = LoggerFactory.getLogger(Settler.class);
    private static final int BATCH = 64;

    private final Source source;
    private final Receiver receiver;
    private final Consumer<Job> settled;
    private final boolean fenced;
    private final ReentrantLock lock = new ReentrantLock();
    private List<Delivery> acks = new ArrayList<>(BATCH);
    /** Whether any gather. Written under the lock, and read without it: workers without work look often. */
    private volatile boolean gathering;

    /** @param settled hears of every job whose settlement has a result */
    Settler(Source source, Receiver receiver, Consumer<Job> settled) {
        this.source = source;
        this.receiver = receiver;
        this.settled = settled;
        this.fenced = source.capabilities().has(Feature.STALE_FENCED);
    }

    /** Acknowledges with the next batch. */
    void ack(Job job) {
        if (lapsed(job)) {
            stale(job.delivery());
            return;
        }
        List<Delivery> full = null;
        lock.lock();
        try {
            acks.add(job.delivery());
            if (acks.size() >= BATCH) {
                full = take();
            } else if (!gathering) {
                gathering = true;
            }
        } finally {
            lock.unlock();
        }
        if (full != null) {
            send(full);
        }
    }

    /** Sends the acknowledgements that wait for their batch. */
    void flush() {
        if (!gathering) {
            return;
        }
        List<Delivery> waiting;
        lock.lock();
        try {
            if (acks.isEmpty()) {
                return;
            }
            waiting = take();
        } finally {
            lock.unlock();
        }
        send(waiting);
    }

    private List<Delivery> take() {
        List<Delivery> taken = acks;
        acks = new ArrayList<>(BATCH);
        gathering = false;
        return taken;
    }

    /** While a batch gathers a lease may run out; the result of that calls back, so outside the lock. */
    private void send(List<Delivery> batch) {
        List<Delivery> current = fenced ? batch : withoutLapsed(batch);
        if (!current.isEmpty()) {
            receiver.ack(current, this);
        }
    }

    private List<Delivery> withoutLapsed(List<Delivery> batch) {
        List<Delivery> current = new ArrayList<>(batch.size());
        for (Delivery delivery : batch) {
            if (lapsed(job(delivery))) {
                stale(delivery);
            } else {
                current.add(delivery);
            }
        }
        return current;
    }

    /** Settles nothing: the delivery is not this consumer's any more. */
    void forget(Job job) {
        settled.accept(job);
    }

    void release(List<Receiver.Release> releases) {
        List<Receiver.Release> current = new ArrayList<>(releases.size());
        for (Receiver.Release release : releases) {
            if (lapsed(job(release.delivery()))) {
                stale(release.delivery());
            } else {
                current.add(release);
            }
        }
        if (!current.isEmpty()) {
            receiver.release(current, this);
        }
    }

    /** Where the broker would take a late settlement for the next holder's, core itself must not send one (rule SET-2). */
    boolean lapsed(Job job) {
        return !fenced
                && job.leaseUntilNanos() != Long.MAX_VALUE
                && job.leaseUntilNanos() - source.time().nanoTime() <= 0;
    }

    @Override
    public void done(Delivery delivery) {
        settled.accept(job(delivery));
    }

    @Override
    public void stale(Delivery delivery) {
        source.metrics().stale.increment();
        LOG.warn(
                "{}: the lease of message {} was lost before it was settled; it is delivered again",
                source.name(),
                delivery.message().id());
        settled.accept(job(delivery));
    }

    @Override
    public void unknown(Delivery delivery, QueueException why) {
        source.metrics().settleUnknown.increment();
        LOG.warn(
                "{}: settling message {} may have failed; if so it is delivered again",
                source.name(),
                delivery.message().id(),
                why);
        settled.accept(job(delivery));
    }

    /** The lease is over and the settlement has no result: what comes of it now is the broker's affair. */
    void unanswered(Delivery delivery) {
        unknown(delivery, new QueueException(ErrorCode.TIMEOUT, "the broker gave no result while the lease lasted"));
    }

    static Job job(Delivery delivery) {
        if (delivery.attachment() instanceof Job job) {
            return job;
        }
        throw new IllegalStateException("the adapter gave a result for a delivery that it never handed out");
    }
}

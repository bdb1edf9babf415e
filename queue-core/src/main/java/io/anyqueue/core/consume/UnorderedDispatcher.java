package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** First come, first run. */
final class UnorderedDispatcher implements Dispatcher {
    private final Queue<Job> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    @Override
    public void add(List<Job> polled) {
        size.addAndGet(polled.size());
        ready.addAll(polled);
    }

    @Override
    public void again(Job job) {
        size.incrementAndGet();
        ready.add(job);
    }

    @Override
    public @Nullable Job next() {
        Job job = ready.poll();
        if (job != null) {
            size.decrementAndGet();
        }
        return job;
    }

    @Override
    public void finished(Job job) {
        // Nothing waits behind a job without order.
    }

    @Override
    public int ready() {
        return size.get();
    }
}

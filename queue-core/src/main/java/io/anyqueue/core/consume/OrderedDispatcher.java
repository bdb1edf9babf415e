package io.anyqueue.core.consume;

import io.anyqueue.core.pipeline.Job;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One lane per key: its head is ready, running or on hold, and the others wait behind it (rules ORD-1, ORD-2).
 */
final class OrderedDispatcher implements Dispatcher {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Queue<Job>> lanes = new HashMap<>();
    private final Queue<Job> ready = new ArrayDeque<>();
    /** As many as are ready. Written under the lock, and read without it: workers without work look often. */
    private volatile int size;

    @Override
    public void add(List<Job> polled) {
        lock.lock();
        try {
            for (Job job : polled) {
                Queue<Job> lane = lanes.computeIfAbsent(job.delivery().lane(), key -> new ArrayDeque<>(4));
                lane.add(job);
                if (lane.size() == 1) {
                    ready.add(job);
                }
            }
        } finally {
            size = ready.size();
            lock.unlock();
        }
    }

    @Override
    public void again(Job job) {
        lock.lock();
        try {
            ready.add(job);
        } finally {
            size = ready.size();
            lock.unlock();
        }
    }

    @Override
    public @Nullable Job next() {
        if (size == 0) {
            return null;
        }
        lock.lock();
        try {
            return ready.poll();
        } finally {
            size = ready.size();
            lock.unlock();
        }
    }

    @Override
    public void finished(Job job) {
        lock.lock();
        try {
            Queue<Job> lane = lanes.get(job.delivery().lane());
            if (lane == null || lane.peek() != job) {
                return;
            }
            lane.remove();
            Job head = lane.peek();
            if (head == null) {
                lanes.remove(job.delivery().lane());
            } else {
                ready.add(head);
            }
        } finally {
            size = ready.size();
            lock.unlock();
        }
    }

    @Override
    public int ready() {
        return size;
    }
}

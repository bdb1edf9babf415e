package io.anyqueue.spi.support;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What a {@link BlockingReceiver} has fetched and nobody has polled, within the window (rule BKP-1). Safe for use by any
 * thread; {@link #next} alone waits, and only the fetching thread calls it and {@link #add}.
 */
final class FetchBuffer {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Delivery> ready = new ArrayDeque<>();
    private final Deque<Delivery> surplus = new ArrayDeque<>();
    private long readyBytes;
    private int windowMessages;
    private long windowBytes;
    private boolean held;
    private boolean leasesDue;
    private boolean closed;

    /**
     * What the fetching thread is to do next.
     *
     * @param giveBack deliveries that go back, oldest first
     * @param keepLeased deliveries whose leases are to be looked at
     * @param messages how many may be fetched; 0 for none now
     * @param bytes how many bytes may be fetched
     * @param closed whether this is the last work
     */
    record Work(List<Delivery> giveBack, List<Delivery> keepLeased, int messages, long bytes, boolean closed) {}

    void window(int messages, long bytes) {
        if (messages < 0 || bytes < 0) {
            throw invalid("the window must be 0 or more, is " + messages + " messages, " + bytes + " bytes");
        }
        locked(() -> {
            windowMessages = messages;
            windowBytes = bytes;
            while (ready.size() > messages || (readyBytes > bytes && ready.size() > 1)) {
                removeNewest();
            }
        });
    }

    int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        if (max < 1) {
            throw invalid("max must be 1 or more, is " + max);
        }
        Objects.requireNonNull(into, "into");
        Deque<Delivery> taken = new ArrayDeque<>();
        locked(() -> {
            long bytes = 0;
            while (taken.size() < max && !ready.isEmpty()) {
                bytes += ready.element().size();
                if (bytes > maxBytes && !taken.isEmpty()) {
                    break;
                }
                readyBytes -= ready.element().size();
                taken.add(ready.remove());
            }
        });
        int count = taken.size();
        try {
            while (!taken.isEmpty()) {
                into.accept(taken.remove());
            }
        } finally {
            putBack(taken);
        }
        return count;
    }

    /** What the caller's callback did not take, as it threw, is polled another time. */
    private void putBack(Deque<Delivery> rest) {
        if (rest.isEmpty()) {
            return;
        }
        locked(() -> {
            Deque<Delivery> to = closed ? surplus : ready;
            while (!rest.isEmpty()) {
                Delivery newest = rest.removeLast();
                to.addFirst(newest);
                readyBytes += closed ? 0 : newest.size();
            }
        });
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }

    /** {@return the work, as soon as there is some} */
    Work next() {
        lock.lock();
        try {
            while (!closed && surplus.isEmpty() && !leasesDue && room() == 0) {
                changed.awaitUninterruptibly();
            }
            List<Delivery> leased = leasesDue ? List.copyOf(ready) : List.of();
            Work work = new Work(List.copyOf(surplus), leased, room(), windowBytes - readyBytes, closed);
            surplus.clear();
            leasesDue = false;
            return work;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what was fetched. If the window shrank meanwhile the surplus goes back, and so does everything fetched behind
     * a surplus that has not gone back yet: otherwise it would overtake that.
     *
     * @return whether there is something to poll
     */
    boolean add(List<? extends Delivery> fetched) {
        lock.lock();
        try {
            if (closed || !surplus.isEmpty()) {
                surplus.addAll(fetched);
                return false;
            }
            for (Delivery delivery : fetched) {
                ready.add(delivery);
                readyBytes += delivery.size();
            }
            while (ready.size() > windowMessages) {
                removeNewest();
            }
            return !ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Drops a delivery whose lease was lost. */
    void drop(Delivery delivery) {
        locked(() -> {
            if (ready.remove(delivery)) {
                readyBytes -= delivery.size();
            }
        });
    }

    /** Fetches nothing until {@link #goOn}. */
    void hold() {
        locked(() -> held = true);
    }

    void goOn() {
        locked(() -> held = false);
    }

    void leasesDue() {
        locked(() -> leasesDue = !ready.isEmpty());
    }

    /** Makes everything surplus and the next work the last. */
    void close() {
        locked(() -> {
            closed = true;
            while (!ready.isEmpty()) {
                removeNewest();
            }
        });
    }

    private int room() {
        return held || readyBytes >= windowBytes ? 0 : Math.max(0, windowMessages - ready.size());
    }

    /** The newest go first, because their order is restored most easily. */
    private void removeNewest() {
        Delivery newest = ready.removeLast();
        readyBytes -= newest.size();
        surplus.addFirst(newest);
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}

package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** What may be handed out and nobody has polled, oldest first. Safe for use by any thread; calls nothing under its lock. */
final class Inbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<KafkaDelivery> ready = new ArrayDeque<>();
    private long bytes;
    private boolean held;
    private boolean closed;

    /** From now on hands out and takes nothing. */
    void close() {
        lock.lock();
        try {
            closed = true;
            ready.clear();
            bytes = 0;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it was empty before, and is not now} */
    boolean add(Collection<KafkaDelivery> deliveries) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            boolean empty = ready.isEmpty();
            for (KafkaDelivery delivery : deliveries) {
                if (!delivery.tracker().isWithdrawn()) {
                    bytes += delivery.size();
                    ready.addLast(delivery);
                }
            }
            return empty && !ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Hands nothing out in a pause. */
    void hold(boolean pause) {
        lock.lock();
        try {
            held = pause;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it was empty before} What is put back goes in front of what came later in its partition. */
    boolean putBack(List<KafkaDelivery> deliveries) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            boolean empty = ready.isEmpty();
            List<KafkaDelivery> all = new ArrayList<>(ready);
            for (int i = deliveries.size() - 1; i >= 0; i--) {
                KafkaDelivery delivery = deliveries.get(i);
                delivery.polled(false);
                if (!delivery.tracker().isWithdrawn()) {
                    bytes += delivery.size();
                    all.add(placeOf(delivery, all), delivery);
                }
            }
            ready.clear();
            ready.addAll(all);
            return empty && !ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** In front of all, but behind what came before it in its partition. */
    private static int placeOf(KafkaDelivery delivery, List<KafkaDelivery> all) {
        int place = 0;
        for (int i = 0; i < all.size(); i++) {
            KafkaDelivery other = all.get(i);
            if (other.tracker() == delivery.tracker()
                    && other.record().offset() < delivery.record().offset()) {
                place = i + 1;
            }
        }
        return place;
    }

    int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        if (max < 1) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "max must be 1 or more, is " + max);
        }
        Objects.requireNonNull(into, "into");
        List<KafkaDelivery> taken = take(max, maxBytes);
        int handed = 0;
        try {
            for (KafkaDelivery delivery : taken) {
                handed++;
                into.accept(delivery);
            }
        } finally {
            if (handed < taken.size()) {
                putBack(taken.subList(handed, taken.size()));
            }
        }
        return taken.size();
    }

    private List<KafkaDelivery> take(int max, long maxBytes) {
        lock.lock();
        try {
            if (ready.isEmpty() || held || closed) {
                return List.of();
            }
            List<KafkaDelivery> taken = new ArrayList<>(Math.min(max, ready.size()));
            long sum = 0;
            while (taken.size() < max && !ready.isEmpty()) {
                int size = ready.element().size();
                if (!taken.isEmpty() && sum + size > maxBytes) {
                    break;
                }
                sum += size;
                KafkaDelivery next = ready.remove();
                next.polled(true);
                taken.add(next);
            }
            bytes -= sum;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what is of a partition that is given up. */
    void drop(PartitionTracker tracker) {
        lock.lock();
        try {
            ready.removeIf(delivery -> {
                boolean dropped = delivery.tracker() == tracker;
                bytes -= dropped ? delivery.size() : 0;
                return dropped;
            });
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return ready.size();
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}

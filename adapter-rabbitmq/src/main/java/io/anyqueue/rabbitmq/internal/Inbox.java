package io.anyqueue.rabbitmq.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What was handed to a receiver and nobody has polled, oldest first. Safe for use by any thread; calls nothing under its lock. */
final class Inbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<RabbitMqDelivery> ready = new ArrayDeque<>();
    private boolean held;
    private boolean closed;

    /** From now on hands out and takes nothing. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it was empty} What arrives after its subscription was said to be lost comes again from another. */
    boolean add(RabbitMqDelivery delivery) {
        lock.lock();
        try {
            if (closed || !delivery.subscription().isAlive()) {
                return false;
            }
            ready.addLast(delivery);
            return ready.size() == 1;
        } finally {
            lock.unlock();
        }
    }

    /** Hands nothing out in a pause, even what has not gone back yet. */
    void hold(boolean pause) {
        lock.lock();
        try {
            held = pause;
        } finally {
            lock.unlock();
        }
    }

    /** Puts in front what was there before all else of its key, keeping its order. */
    void putBack(List<RabbitMqDelivery> deliveries) {
        lock.lock();
        try {
            List<RabbitMqDelivery> all = new ArrayList<>(ready);
            for (int i = deliveries.size() - 1; i >= 0; i--) {
                RabbitMqDelivery delivery = deliveries.get(i);
                all.add(placeOf(delivery, all), delivery);
            }
            ready.clear();
            ready.addAll(all);
        } finally {
            lock.unlock();
        }
    }

    /** In front of all, but behind what came before it on its channel and was put back before. */
    private static int placeOf(RabbitMqDelivery delivery, List<RabbitMqDelivery> all) {
        int place = 0;
        for (int i = 0; i < all.size(); i++) {
            RabbitMqDelivery other = all.get(i);
            if (other.subscription() == delivery.subscription() && other.tag() < delivery.tag()) {
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
        List<RabbitMqDelivery> taken = take(max, maxBytes);
        int handed = 0;
        try {
            for (RabbitMqDelivery delivery : taken) {
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

    private List<RabbitMqDelivery> take(int max, long maxBytes) {
        lock.lock();
        try {
            if (ready.isEmpty() || held || closed) {
                return List.of();
            }
            List<RabbitMqDelivery> taken = new ArrayList<>(Math.min(max, ready.size()));
            long sum = 0;
            while (taken.size() < max && !ready.isEmpty()) {
                int size = ready.element().size();
                if (!taken.isEmpty() && sum + size > maxBytes) {
                    break;
                }
                sum += size;
                taken.add(ready.remove());
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** {@return what is beyond that many messages, oldest first; it is in here no more} */
    List<RabbitMqDelivery> takeBeyond(int messages) {
        lock.lock();
        try {
            Deque<RabbitMqDelivery> surplus = new ArrayDeque<>();
            while (ready.size() > messages) {
                surplus.addFirst(ready.removeLast());
            }
            return List.copyOf(surplus);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets deliveries whose receipts are worth nothing any more. */
    void drop(Predicate<RabbitMqDelivery> which) {
        lock.lock();
        try {
            ready.removeIf(which);
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
}

package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** What is locked and nobody has polled, oldest first. Safe for use by any thread; calls nothing under its lock. */
final class ShareBuffer {
    private final Object lock = new Object();
    private final Deque<ShareDelivery> ready = new ArrayDeque<>();
    private long bytes;
    private boolean held;
    private boolean closed;

    /** From now on hands out and takes nothing. */
    void close() {
        synchronized (lock) {
            closed = true;
            ready.clear();
            bytes = 0;
        }
    }

    /** Hands nothing out in a pause. */
    void hold(boolean pause) {
        synchronized (lock) {
            held = pause;
        }
    }

    /** {@return whether it was empty before, and is not now} */
    boolean add(Collection<ShareDelivery> deliveries) {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            boolean empty = ready.isEmpty();
            for (ShareDelivery delivery : deliveries) {
                bytes += delivery.size();
                ready.addLast(delivery);
            }
            return empty && !ready.isEmpty();
        }
    }

    /**
     * Hands over what is there.
     *
     * @param untilNanos how long the holder has each
     */
    int poll(int max, long maxBytes, long untilNanos, Consumer<? super Delivery> into) {
        if (max < 1) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "max must be 1 or more, is " + max);
        }
        Objects.requireNonNull(into, "into");
        List<ShareDelivery> taken = take(max, maxBytes, untilNanos);
        int handed = 0;
        try {
            for (ShareDelivery delivery : taken) {
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

    private List<ShareDelivery> take(int max, long maxBytes, long untilNanos) {
        synchronized (lock) {
            if (held || closed) {
                return List.of();
            }
            List<ShareDelivery> taken = new ArrayList<>(Math.min(max, ready.size()));
            long sum = 0;
            while (taken.size() < max && !ready.isEmpty()) {
                ShareDelivery next = ready.element();
                if (!taken.isEmpty() && sum + next.size() > maxBytes) {
                    break;
                }
                ready.remove();
                bytes -= next.size();
                if (next.isOpen()) {
                    sum += next.size();
                    next.lease(untilNanos);
                    taken.add(next);
                }
            }
            return taken;
        }
    }

    private void putBack(List<ShareDelivery> deliveries) {
        synchronized (lock) {
            for (int i = deliveries.size() - 1; i >= 0; i--) {
                ShareDelivery delivery = deliveries.get(i);
                delivery.putBack();
                bytes += delivery.size();
                ready.addFirst(delivery);
            }
        }
    }

    /** {@return up to so many of a lane's that were not polled, the newest; they are here no longer} */
    List<ShareDelivery> takeBack(ShareLane lane, int most) {
        synchronized (lock) {
            List<ShareDelivery> taken = new ArrayList<>();
            Iterator<ShareDelivery> newest = ready.descendingIterator();
            while (newest.hasNext() && taken.size() < most) {
                ShareDelivery delivery = newest.next();
                if (delivery.holder() == lane) {
                    newest.remove();
                    bytes -= delivery.size();
                    taken.add(delivery);
                }
            }
            return taken;
        }
    }

    int size() {
        synchronized (lock) {
            return ready.size();
        }
    }

    long bytes() {
        synchronized (lock) {
            return bytes;
        }
    }
}

package io.anyqueue.benchmarks;

import com.rabbitmq.client.ConfirmListener;
import java.util.concurrent.Semaphore;

/**
 * The messages of one channel that wait for their confirmation, as a program has to keep them that would send them again: a ring,
 * as their numbers are consecutive. Written by one sending thread and by the client library's.
 */
final class RawConfirms implements ConfirmListener {
    private final Semaphore room;
    private final Object[] unconfirmed;
    private final int limit;
    private long oldest = 1;
    private volatile boolean failed;

    RawConfirms(int limit) {
        this.limit = limit;
        this.room = new Semaphore(limit);
        this.unconfirmed = new Object[8 * Integer.highestOneBit(limit)];
    }

    /** Waits for room. */
    void sending(long number, Object message) throws InterruptedException {
        room.acquire();
        synchronized (this) {
            unconfirmed[index(number)] = message;
        }
    }

    @Override
    public void handleAck(long number, boolean multiple) {
        int freed = 0;
        synchronized (this) {
            for (long each = multiple ? oldest : number; each <= number; each++) {
                if (unconfirmed[index(each)] != null) {
                    unconfirmed[index(each)] = null;
                    freed++;
                }
            }
            if (multiple) {
                oldest = Math.max(oldest, number + 1);
            } else {
                // Or a later one for many would begin where newer messages stand now.
                while (oldest <= number && unconfirmed[index(oldest)] == null) {
                    oldest++;
                }
            }
        }
        room.release(freed);
    }

    @Override
    public void handleNack(long number, boolean multiple) {
        failed();
        handleAck(number, multiple);
    }

    void failed() {
        failed = true;
    }

    void awaitAll() throws InterruptedException {
        room.acquire(limit);
        room.release(limit);
        if (failed) {
            throw new IllegalStateException("the server refused messages");
        }
    }

    private int index(long number) {
        return (int) (number & (unconfirmed.length - 1));
    }
}

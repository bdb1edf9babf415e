package io.anyqueue.core.send;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Sender;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands messages to the adapter in the order they come, one thread at a time: while one thread is in the adapter, what others
 * submit gathers into the next batch. Called by sending threads and by the resender.
 */
final class Batcher {
    private static final int MAX_MESSAGES = 256;
    private static final int MAX_BYTES = 1024 * 1024;

    private final Sender sender;
    private final Sender.Results results;
    private final Queue<PendingMessage> waiting = new ConcurrentLinkedQueue<>();
    /** The batch of a message that finds nobody else sending; used by one thread at a time. */
    private final PendingMessage[] alone = new PendingMessage[1];

    private final List<PendingMessage> aloneBatch = Arrays.asList(alone);
    /** How many submits were made and not served yet; whoever raises it from 0 serves until it is 0 again. */
    private final AtomicInteger submits = new AtomicInteger();

    Batcher(Sender sender, Sender.Results results) {
        this.sender = sender;
        this.results = results;
    }

    void submit(PendingMessage message) {
        if (submits.compareAndSet(0, 1)) {
            alone[0] = message;
            send(aloneBatch);
            if (submits.decrementAndGet() == 0) {
                return;
            }
        } else {
            waiting.add(message);
            if (submits.getAndIncrement() != 0) {
                return;
            }
        }
        serve();
    }

    void submit(List<PendingMessage> messages) {
        waiting.addAll(messages);
        if (submits.getAndIncrement() == 0) {
            serve();
        }
    }

    private void serve() {
        int served = submits.get();
        do {
            List<PendingMessage> batch = take();
            while (!batch.isEmpty()) {
                send(batch);
                batch = take();
            }
            served = submits.addAndGet(-served);
        } while (served != 0);
    }

    /** An adapter that throws must not end the service of its destination. */
    private void send(List<PendingMessage> batch) {
        try {
            sender.send(batch, results);
        } catch (RuntimeException e) {
            QueueException why = new QueueException(ErrorCode.INTERNAL, "the adapter failed to send: " + e, e);
            List.copyOf(batch).forEach(message -> results.unknown(message, why));
        }
    }

    private List<PendingMessage> take() {
        List<PendingMessage> batch = new ArrayList<>();
        int bytes = 0;
        PendingMessage next = waiting.peek();
        while (next != null && batch.size() < MAX_MESSAGES && (batch.isEmpty() || bytes + next.size <= MAX_BYTES)) {
            waiting.remove();
            batch.add(next);
            bytes += next.size;
            next = waiting.peek();
        }
        return batch;
    }
}

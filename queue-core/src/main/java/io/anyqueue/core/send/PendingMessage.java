package io.anyqueue.core.send;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A message on its way, and the user's future for it at the same time. Its fields belong to whoever holds the message: the
 * batcher, the adapter, then the results.
 */
final class PendingMessage extends CompletableFuture<String> implements Sender.PendingSend {
    private final Message message;
    final int size;
    long firstFailureNanos;
    int resends;
    boolean maybeStored;

    PendingMessage(Message message, int size) {
        this.message = message;
        this.size = size;
    }

    @Override
    public Message message() {
        return message;
    }

    /** Waits for the result; the deadline only guards against an adapter that never gives one. */
    String await(Duration limit, String destination) {
        try {
            return isDone() ? join() : get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | java.util.concurrent.CompletionException e) {
            throw Failures.of(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueException(
                    ErrorCode.INTERRUPTED,
                    "interrupted while waiting for " + destination + " to confirm message " + message.id()
                            + ", which may be stored",
                    e,
                    true);
        } catch (TimeoutException e) {
            throw new QueueException(
                    ErrorCode.UNCONFIRMED,
                    destination + " gave no result for message " + message.id() + " within " + limit
                            + "; it may be stored",
                    e);
        }
    }
}

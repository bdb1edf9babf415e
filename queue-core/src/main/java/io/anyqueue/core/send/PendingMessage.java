package io.anyqueue.core.send;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Sender;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way, and the user's future for it at the same time. Its fields belong to whoever holds the message: the
 * batcher, the adapter, then the results.
 */
final class PendingMessage extends CompletableFuture<String> implements Sender.PendingSend {
    private static final VarHandle RESULTS;

    static {
        try {
            RESULTS = MethodHandles.lookup().findVarHandle(PendingMessage.class, "results", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Message message;
    final int size;
    private final boolean awaited;
    /** The sending thread until it gives the future away; only that thread ever finds itself here. */
    private @Nullable Thread sending = Thread.currentThread();

    @SuppressWarnings("UnusedVariable") // Used through the handle.
    private volatile int results;

    long firstFailureNanos;
    int resends;
    boolean maybeStored;

    /** @param awaited whether the sender blocks on it, and so nobody else has it */
    PendingMessage(Message message, int size, boolean awaited) {
        this.awaited = awaited;
        this.message = message;
        this.size = size;
    }

    @Override
    public Message message() {
        return message;
    }

    /** The user has the future from now on. */
    void giveAway() {
        sending = null;
    }

    /** {@return whether nobody can have added a callback that completing the future would run} */
    boolean isWithoutCallbacks() {
        return awaited || sending == Thread.currentThread();
    }

    /** Completes the user's future. */
    void end(@Nullable QueueException failure) {
        if (failure == null) {
            complete(message.id());
        } else {
            completeExceptionally(failure);
        }
    }

    /** {@return whether this is the first result since the message was handed over: an adapter's second one counts for nothing} */
    boolean takeResult() {
        return RESULTS.compareAndSet(this, 0, 1);
    }

    /** It is handed over again and may have another result. */
    void handOverAgain() {
        results = 0;
    }

    /** Waits for the result; the deadline only guards against an adapter that never gives one. */
    String await(Threads threads, Duration limit, String destination) {
        try {
            return isDone() ? join() : threads.await(this, limit);
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

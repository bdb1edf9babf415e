package io.anyqueue.core.deadletters;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.metrics.ConsumeMetrics;
import io.anyqueue.core.parking.ParkedKeys;
import io.anyqueue.core.send.Failures;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A dead-letter queue, and what is needed to work on it. Safe for use by any thread.
 *
 * @param source the queue or subscription that failed
 * @param queue where its dead letters are
 * @param broker the broker that both are on
 * @param threads the clock, and what waits
 * @param metrics what is counted for the source
 * @param publishers give the publisher for a destination
 * @param declare sees to it that both are there; refuses once the client is closed
 * @param closing completes when the client is about to be closed
 * @param parked gives the parked keys of the source, if it may have any
 */
public record LetterBox(
        Spec source,
        Spec queue,
        Broker broker,
        Threads threads,
        ConsumeMetrics metrics,
        Function<Spec, Publisher> publishers,
        Runnable declare,
        CompletableFuture<Void> closing,
        Supplier<Optional<ParkedKeys>> parked) {
    String name() {
        return queue.endpoint().name();
    }

    long nowMillis() {
        return threads.time().currentTimeMillis();
    }

    /** Waits for a stage, though not for longer than the client is open. */
    <V> V await(CompletionStage<V> stage, Duration limit, String what) {
        CompletableFuture<V> awaited = stage.toCompletableFuture();
        try {
            threads.await(CompletableFuture.anyOf(awaited, closing), limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueException(ErrorCode.INTERRUPTED, "interrupted while waiting to " + what, e);
        } catch (ExecutionException e) {
            throw Failures.of(e);
        } catch (TimeoutException e) {
            throw new QueueException(ErrorCode.TIMEOUT, "could not " + what + " within " + limit, e);
        }
        if (!awaited.isDone()) {
            throw new QueueException(ErrorCode.CLOSED, "the client was closed; could not " + what);
        }
        return awaited.join();
    }
}

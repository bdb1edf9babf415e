package io.anyqueue;

import java.util.List;

/**
 * Handles several messages at once. A batch that fails is not an attempt: it is run again in halves, and only a batch of
 * one, or {@link Received#fail}, counts (rule RTY-1). Header checks, idempotency, attempts, what is sent by
 * {@link MessageContext#send} and settlement are of each message by itself: one that has expired, cannot be decoded or was
 * handled before never reaches the handler.
 *
 * <p>{@link HandlingException#retryAfter} and {@link HandlingException#busy}, thrown for the batch, put off each message of it
 * and are no reason for halves. A batch that runs longer than the time-out has failed like any other. Called by the consumer's
 * threads, as many at once as its concurrency says.
 *
 * @param <T> the type of the payloads
 */
@FunctionalInterface
public interface BatchHandler<T> {
    /**
     * Handles a batch. Returning acknowledges every message that was not failed by {@link Received#fail}.
     *
     * @param batch the messages; not empty, unmodifiable
     * @throws Exception if the batch as a whole could not be handled
     */
    void handle(List<Received<T>> batch) throws Exception;
}

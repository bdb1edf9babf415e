package io.anyqueue;

import java.util.List;

/**
 * Handles several messages at once. A batch that fails is not an attempt: it is run again in halves, and only a batch of
 * one, or {@link Received#fail}, counts (rule RTY-1).
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

package io.anyqueue.spi;

import io.anyqueue.StartAt;

/**
 * What a receiver is told beside its spec. Immutable.
 *
 * @param consumer names the consumer to operators; unique within the client
 * @param start where a new subscription begins
 */
public record ReceiverOptions(String consumer, StartAt start) {}

package io.anyqueue.rabbitmq.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;

/** Says in the contract's terms what the client or the server failed with (rule ERR-1). Stateless. */
final class Failures {
    private Failures() {}

    /**
     * Explains a failure.
     *
     * @param what was being done, such as "declare queue orders"
     * @param failure what came of it
     * @return the same if it is explained already
     */
    static QueueException of(String what, Throwable failure) {
        if (failure instanceof QueueException known) {
            return known;
        }
        return new QueueException(ErrorCode.UNAVAILABLE, "RabbitMQ cannot " + what + ": " + failure.getMessage(), failure);
    }
}

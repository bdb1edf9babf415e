package io.anyqueue.core.codec;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;

/** A message of a type that its destination does not have: a queue dead-letters it, a subscription skips it. */
public final class UnknownTypeException extends QueueException {
    private static final long serialVersionUID = 1L;

    UnknownTypeException(String message) {
        super(ErrorCode.UNDECODABLE, message);
    }
}

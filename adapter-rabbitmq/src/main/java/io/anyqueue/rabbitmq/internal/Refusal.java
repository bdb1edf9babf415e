package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.Optional;

/**
 * Why the server closed a channel: its answer to a question that it does not like.
 *
 * @param code AMQP's code
 * @param text the server's words
 */
record Refusal(int code, String text) {
    private static final int DEEPEST = 10;

    /** {@return the refusal that a failed question was answered with; empty if it failed otherwise} */
    static Optional<Refusal> of(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof ShutdownSignalException signal) {
                Method reason = signal.getReason();
                return reason instanceof AMQP.Channel.Close close
                        ? Optional.of(new Refusal(close.getReplyCode(), close.getReplyText()))
                        : Optional.empty();
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    boolean isMissing() {
        return code == AMQP.NOT_FOUND && text.contains("NOT_FOUND - no ");
    }

    /** {@return whether what was declared is there and is different} */
    boolean isDifferent() {
        return code == AMQP.PRECONDITION_FAILED && text.contains("inequivalent arg");
    }
}

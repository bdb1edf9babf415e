package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * Says in the contract's terms what the client library or a broker failed with (rule ERR-1): its own words, and a hint where they need one.
 * No text has a secret, as the library's have none (rule ERR-2). Stateless.
 */
final class Failures {
    /** How far causes are followed; they might go round in a circle. */
    private static final int DEEPEST = 10;

    private Failures() {}

    /**
     * Explains a failure.
     *
     * @param what was being done, such as "declare queue orders"
     * @param failure what came of it
     * @return the same if it is explained already
     */
    static QueueException of(String what, Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof QueueException known) {
            return known;
        }
        return new QueueException(code(cause), "Kafka: cannot " + what + ": " + text(cause), cause);
    }

    /** {@return the failure itself: futures and the library wrap it} */
    static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure;
        for (int depth = 0; depth < DEEPEST; depth++) {
            Throwable cause = inner.getCause();
            boolean wrapper = inner instanceof CompletionException
                    || inner instanceof ExecutionException
                    || inner.getClass() == KafkaException.class;
            if (!wrapper || cause == null) {
                break;
            }
            inner = cause;
        }
        return inner;
    }

    private static ErrorCode code(Throwable failure) {
        if (failure instanceof SslAuthenticationException) {
            return ErrorCode.UNAVAILABLE;
        }
        if (failure instanceof AuthenticationException) {
            return ErrorCode.UNAUTHENTICATED;
        }
        if (failure instanceof AuthorizationException) {
            return ErrorCode.FORBIDDEN;
        }
        if (failure instanceof UnknownTopicOrPartitionException || failure instanceof GroupIdNotFoundException) {
            return ErrorCode.NOT_FOUND;
        }
        if (failure instanceof TopicExistsException) {
            return ErrorCode.ALREADY_EXISTS;
        }
        if (failure instanceof RecordTooLargeException || failure instanceof RecordBatchTooLargeException) {
            return ErrorCode.TOO_LARGE;
        }
        if (failure instanceof InvalidTopicException
                || failure instanceof InvalidReplicationFactorException
                || failure instanceof PolicyViolationException
                || failure instanceof ConfigException) {
            return isUnresolvable(failure) ? ErrorCode.UNAVAILABLE : ErrorCode.INVALID_ARGUMENT;
        }
        if (failure instanceof UnsupportedVersionException) {
            return ErrorCode.UNSUPPORTED;
        }
        if (failure instanceof InterruptException || failure instanceof InterruptedException) {
            return ErrorCode.INTERRUPTED;
        }
        // A question without an answer in time: it may be tried again.
        return failure instanceof RetriableException || failure instanceof java.io.IOException
                ? ErrorCode.UNAVAILABLE
                : ErrorCode.INTERNAL;
    }

    private static boolean isUnresolvable(Throwable failure) {
        return String.valueOf(failure.getMessage()).contains("resolvable bootstrap");
    }

    private static String text(Throwable failure) {
        String text = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        if (failure instanceof SslAuthenticationException) {
            return "TLS failed (" + text
                    + "); is the server's certificate for this host, and is anyqueue.tls.ca the file of who"
                    + " issued it?";
        }
        if (failure instanceof AuthenticationException) {
            return text + " (check the user name, the password and sasl.mechanism)";
        }
        if (failure instanceof TimeoutException) {
            return text + "; do the brokers run, is it this port, and is it one for TLS (kafkas://) or without?";
        }
        return text;
    }
}

package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.ChannelContinuationTimeoutException;
import com.rabbitmq.client.ConsumerCancelledException;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.MissedHeartbeatException;
import com.rabbitmq.client.ProtocolVersionMismatchException;
import com.rabbitmq.client.ShutdownSignalException;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says in the contract's terms what the client or the server failed with (rule ERR-1): the server's own words, and a hint where
 * they need one. No text has a secret, as the client's have none (rule ERR-2). Stateless.
 */
final class Failures {
    private static final String TLS_PORT =
            "is it a port for TLS? amqps:// is for those (usually 5671), amqp:// for others (usually 5672)";

    /** How far causes are followed; they might go round in a circle. */
    private static final int DEEPEST = 10;

    private Failures() {}

    /** Explains why a channel ended; the client library gives no cause where a writer of its connection hangs. */
    static QueueException ofShutdown(String what, @Nullable ShutdownSignalException cause) {
        return cause == null
                ? new QueueException(ErrorCode.UNAVAILABLE, "RabbitMQ: cannot " + what + ": the connection broke")
                : of(what, cause);
    }

    /** What one exception means. */
    private record Meaning(ErrorCode code, String text) {
        static Meaning unavailable(String text) {
            return new Meaning(ErrorCode.UNAVAILABLE, text);
        }
    }

    /**
     * Explains a failure.
     *
     * @param what was being done, such as "declare queue orders"
     * @param failure what came of it
     * @return the same if it is explained already
     */
    static QueueException of(String what, Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof QueueException known) {
                return known;
            }
            Meaning meaning = known(cause);
            if (meaning != null) {
                return explained(what, meaning, failure);
            }
            cause = cause.getCause();
        }
        return explained(what, unknown(unwrapped(failure)), failure);
    }

    /** Futures wrap what they failed with. */
    private static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure.getCause();
        boolean wrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapped && inner != null ? inner : failure;
    }

    private static QueueException explained(String what, Meaning meaning, Throwable failure) {
        return new QueueException(meaning.code(), "RabbitMQ: cannot " + what + ": " + meaning.text(), failure);
    }

    /** {@return null if its cause may tell more} */
    private static @Nullable Meaning known(Throwable failure) {
        if (failure instanceof ShutdownSignalException signal) {
            return closed(signal);
        }
        if (failure instanceof AuthenticationFailureException) {
            return new Meaning(ErrorCode.UNAUTHENTICATED, text(failure) + " (check the user name and the password)");
        }
        if (failure instanceof SSLException) {
            return Meaning.unavailable(tls(text(failure)));
        }
        if (failure instanceof MalformedFrameException || failure instanceof ProtocolVersionMismatchException) {
            return Meaning.unavailable(
                    "what answers there does not speak AMQP 0-9-1 (" + text(failure) + "); " + TLS_PORT);
        }
        if (failure instanceof ConsumerCancelledException) {
            return Meaning.unavailable("the server cancelled the consumer; is the queue deleted, or without a leader?");
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return new Meaning(ErrorCode.INTERRUPTED, "the thread was interrupted");
        }
        return network(failure);
    }

    private static @Nullable Meaning network(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            return Meaning.unavailable("the host '" + text(failure) + "' is not known");
        }
        if (failure instanceof ConnectException) {
            return Meaning.unavailable(text(failure) + "; does the server run, and is it this port?");
        }
        if (failure instanceof MissedHeartbeatException) {
            return Meaning.unavailable("the server is silent, its heartbeats did not come");
        }
        if (failure instanceof SocketTimeoutException
                || failure instanceof TimeoutException
                || failure instanceof ChannelContinuationTimeoutException) {
            return Meaning.unavailable(
                    "no answer in time (" + text(failure) + "); is the network up? If it is new: " + TLS_PORT);
        }
        return null;
    }

    private static @Nullable Meaning closed(ShutdownSignalException signal) {
        Method reason = signal.getReason();
        if (signal.isInitiatedByApplication()) {
            return Meaning.unavailable("this client closed it");
        }
        if (reason instanceof AMQP.Channel.Close close) {
            return reply(close.getReplyCode(), close.getReplyText());
        }
        if (reason instanceof AMQP.Connection.Close close) {
            return reply(close.getReplyCode(), close.getReplyText());
        }
        return null;
    }

    private static Meaning reply(int code, String text) {
        Replies meaning = Replies.of(code, text);
        String hint = meaning.hint().isEmpty() ? "" : " (" + meaning.hint() + ")";
        return new Meaning(meaning.code(), "the server answers " + code + " " + text + hint);
    }

    private static String tls(String text) {
        if (text.contains("unrecognized SSL message") || text.contains("plaintext connection")) {
            return "what answers there does not speak TLS (" + text + "); " + TLS_PORT;
        }
        if (text.contains("No name matching") || text.contains("No subject alternative")) {
            return "the certificate is not for this host (" + text + "); use the name that it is for";
        }
        if (text.contains("PKIX") || text.contains("path")) {
            return "the server's certificate is not trusted (" + text
                    + "); set anyqueue.tls.ca to the file of who issued it";
        }
        return "TLS failed (" + text + "); are the certificates of both sides right?";
    }

    /** {@return what remains when no cause is known: the network, or a defect} */
    private static Meaning unknown(Throwable failure) {
        if (failure instanceof IOException || failure instanceof ShutdownSignalException) {
            return input(failure);
        }
        String text = text(failure);
        if (failure instanceof IllegalArgumentException) {
            boolean large = text.contains("max frame size") || text.contains("too long");
            return new Meaning(large ? ErrorCode.TOO_LARGE : ErrorCode.INVALID_ARGUMENT, text);
        }
        return new Meaning(
                ErrorCode.INTERNAL,
                failure.getClass().getSimpleName() + " " + text + "; this is a defect, please report it");
    }

    private static Meaning input(Throwable failure) {
        Throwable root = root(failure);
        String text = text(root);
        if (text.startsWith("No compatible authentication mechanism")) {
            return new Meaning(
                    ErrorCode.UNSUPPORTED,
                    text + "; sasl=external needs the server's plugin rabbitmq_auth_mechanism_ssl");
        }
        return Meaning.unavailable(
                root instanceof EOFException ? "the other side ended the connection; " + TLS_PORT : text);
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        for (int depth = 0; root.getCause() != null && depth < DEEPEST; depth++) {
            root = root.getCause();
        }
        return root;
    }

    private static String text(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}

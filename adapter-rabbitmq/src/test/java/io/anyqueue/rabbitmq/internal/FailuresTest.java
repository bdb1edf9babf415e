package io.anyqueue.rabbitmq.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.MalformedFrameException;
import com.rabbitmq.client.MissedHeartbeatException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
    /** The texts are the servers', of 3.10 to 4.x. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    403 | FORBIDDEN          | ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'u'
                    403 | CONFLICT           | ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use
                    404 | NOT_FOUND          | NOT_FOUND - no queue 'q' in vhost '/'
                    404 | UNAVAILABLE        | NOT_FOUND - home node 'r@h' of durable queue 'q' in vhost '/' is down or inaccessible
                    404 | UNAVAILABLE        | NOT_FOUND - queue 'q' in vhost '/' process is stopped by supervisor
                    405 | CONFLICT           | RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost '/'
                    406 | CONFLICT           | PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received 'quorum' but current is 'classic'
                    406 | CONFLICT           | PRECONDITION_FAILED - queue 'q' in vhost '/' not empty
                    406 | INVALID_ARGUMENT   | PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'q' in vhost '/': {value_negative,-1}
                    406 | UNAVAILABLE        | PRECONDITION_FAILED - unknown delivery tag 7
                    406 | UNAVAILABLE        | PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms
                    406 | TOO_LARGE          | PRECONDITION_FAILED - message size 17000000 is larger than configured max size 16777216
                    406 | RESOURCE_EXHAUSTED | PRECONDITION_FAILED - cannot declare queue 'q' in vhost '/': queue limit in vhost '/' (10) is reached
                    311 | TOO_LARGE          | CONTENT_TOO_LARGE
                    506 | RESOURCE_EXHAUSTED | RESOURCE_ERROR - too much
                    540 | UNSUPPORTED        | NOT_IMPLEMENTED - active=false
                    530 | NOT_FOUND          | NOT_ALLOWED - vhost nowhere not found
                    530 | FORBIDDEN          | NOT_ALLOWED - access to vhost '/' refused for user 'u'
                    530 | RESOURCE_EXHAUSTED | NOT_ALLOWED - access to vhost '/' refused for user 'u': connection limit (1) is reached
                    530 | RESOURCE_EXHAUSTED | NOT_ALLOWED - number of channels opened (2048) has reached the negotiated channel_max (2047)
                    530 | UNAVAILABLE        | NOT_ALLOWED - access to vhost '/' refused for user 'u': vhost '/' is down
                    320 | UNAVAILABLE        | CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'
                    501 | UNAVAILABLE        | FRAME_ERROR - type 1
                    541 | UNAVAILABLE        | INTERNAL_ERROR
                    """)
    void tellsWhatAnAnswerMeans(int code, ErrorCode expected, String text) {
        AMQP.Channel.Close channel =
                new AMQP.Channel.Close.Builder().replyCode(code).replyText(text).build();
        AMQP.Connection.Close connection = new AMQP.Connection.Close.Builder()
                .replyCode(code)
                .replyText(text)
                .build();
        for (ShutdownSignalException signal : new ShutdownSignalException[] {
            new ShutdownSignalException(false, false, channel, "channel"),
            new ShutdownSignalException(true, false, connection, "connection"),
            new AlreadyClosedException(new ShutdownSignalException(false, false, channel, "channel"))
        }) {
            QueueException failure = Failures.of("declare queue q", new IOException(signal));
            assertThat(failure.code()).isEqualTo(expected);
            assertThat(failure)
                    .hasMessageContaining("RabbitMQ: cannot declare queue q: ")
                    .hasMessageContaining(code + " " + text);
        }
    }

    static Stream<Arguments> client() {
        return Stream.of(
                of(new AuthenticationFailureException("ACCESS_REFUSED"), ErrorCode.UNAUTHENTICATED, "user name"),
                // RabbitMQ says it when a password is wrong: this is a connection that broke.
                of(
                        new PossibleAuthenticationFailureException(lost(new EOFException())),
                        ErrorCode.UNAVAILABLE,
                        "ended"),
                of(new UnknownHostException("nowhere"), ErrorCode.UNAVAILABLE, "'nowhere' is not known"),
                of(new ConnectException("Connection refused"), ErrorCode.UNAVAILABLE, "does the server run"),
                of(new SocketTimeoutException("Read timed out"), ErrorCode.UNAVAILABLE, "no answer in time"),
                of(new TimeoutException(), ErrorCode.UNAVAILABLE, "no answer in time"),
                of(lost(new MissedHeartbeatException("x")), ErrorCode.UNAVAILABLE, "heartbeats"),
                of(lost(new IOException("Connection reset")), ErrorCode.UNAVAILABLE, "Connection reset"),
                of(new MalformedFrameException("x"), ErrorCode.UNAVAILABLE, "is it a port for TLS?"),
                of(new SSLHandshakeException("PKIX path building failed"), ErrorCode.UNAVAILABLE, "anyqueue.tls.ca"),
                of(new SSLHandshakeException("No name matching h found"), ErrorCode.UNAVAILABLE, "not for this host"),
                of(new SSLHandshakeException("certificate_required"), ErrorCode.UNAVAILABLE, "both sides"),
                of(new IllegalArgumentException("Short string too long"), ErrorCode.TOO_LARGE, "too long"),
                of(new NullPointerException(), ErrorCode.INTERNAL, "report"));
    }

    private static Arguments of(Throwable failure, ErrorCode code, String text) {
        return Arguments.of(failure, code, text);
    }

    private static ShutdownSignalException lost(Throwable cause) {
        ShutdownSignalException signal = new ShutdownSignalException(true, false, null, "connection", "", cause);
        // As the client does.
        signal.initCause(cause);
        return signal;
    }

    @ParameterizedTest
    @MethodSource("client")
    void tellsWhatTheClientFailedWith(Throwable failure, ErrorCode code, String text) {
        QueueException explained = Failures.of("connect", new CompletionException(failure));
        assertThat(explained.code()).isEqualTo(code);
        assertThat(explained).hasMessageContaining(text).hasRootCause(root(failure));
    }

    private static Throwable root(Throwable failure) {
        return failure.getCause() == null ? failure : root(failure.getCause());
    }

    @Test
    void leavesWhatIsExplained() {
        QueueException known = new QueueException(ErrorCode.STALE, "late");
        assertThat(Failures.of("settle", known)).isSameAs(known);
        assertThat(Failures.of("settle", new CompletionException(known))).isSameAs(known);
    }

    @Test
    void keepsTheInterruption() {
        assertThat(Failures.of("ask", new InterruptedException()).code()).isEqualTo(ErrorCode.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
    }
}

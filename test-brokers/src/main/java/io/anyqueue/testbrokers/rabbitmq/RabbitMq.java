package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.ControlledBroker;
import io.anyqueue.testbrokers.os.Await;
import io.anyqueue.testbrokers.os.Lazy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * A real RabbitMQ server, for tests: the one whose address is in the environment variable {@code ANYQUEUE_TEST_RABBITMQ}, else a
 * Docker container, else processes of this machine in a folder of their own, for which Debian's packages are obtained if they are
 * missing. Starting takes about ten seconds. Nothing of a server that was started here outlives the JVM.
 *
 * <p>Safe for use by many threads; what changes the server happens one after the other.
 */
public final class RabbitMq extends ControlledBroker {
    /** As in {@link io.anyqueue.testbrokers.Switches}. */
    public static final String NAME = "rabbitmq";

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration GREETING_LIMIT = Duration.ofSeconds(5);

    /** Never closed: it ends with the JVM. */
    private static final Lazy<RabbitMq> SHARED = new Lazy<>(() -> started(true));

    private final Server server;

    private RabbitMq(Server server, boolean ofAll) {
        super(server, ofAll);
        this.server = server;
    }

    /**
     * {@return the server that all tests of this JVM share, running} Whoever stops it or lets it be blocked starts it again.
     *
     * @throws io.anyqueue.testbrokers.BrokerMissingException if no server can be had
     */
    public static RabbitMq shared() {
        abortIfSkipped(NAME);
        return SHARED.get();
    }

    /**
     * {@return a new server for the caller alone, running} The caller closes it. With an address in the environment it is the server
     * there, and not for the caller alone.
     *
     * @throws io.anyqueue.testbrokers.BrokerMissingException if no server can be had
     */
    public static RabbitMq own() {
        abortIfSkipped(NAME);
        return started(false);
    }

    private static RabbitMq started(boolean ofAll) {
        return running(new RabbitMq(Servers.obtain(), ofAll));
    }

    /** {@return the address for AMQP without TLS: user, password, host, port, virtual host} */
    public URI uri() {
        return server.uri();
    }

    /** {@return the same with another port of 127.0.0.1, say, a proxy's} */
    public URI uri(int port) {
        return URI.create("amqp://" + uri().getRawUserInfo() + "@127.0.0.1:" + port + uri().getRawPath());
    }

    /** {@return the host} */
    public String host() {
        return uri().getHost();
    }

    /** {@return the port of AMQP without TLS} */
    public int port() {
        return uri().getPort();
    }

    /**
     * {@return the port of AMQP with TLS} The server shows a certificate for localhost and 127.0.0.1, and takes clients with a
     * certificate of the same authority or with none: see {@link io.anyqueue.testbrokers.tls.TestCertificates}.
     *
     * @throws UnsupportedOperationException without {@link #canControl}
     */
    public int tlsPort() {
        return server.tlsPort();
    }

    /** {@return the server's version, as it says itself} It has to be running. */
    public String version() {
        try {
            return AmqpGreeting.version(host(), port(), GREETING_LIMIT);
        } catch (IOException e) {
            throw new IllegalStateException("RabbitMQ at " + host() + ":" + port() + " does not answer: " + e, e);
        }
    }

    /** {@return what rabbitmqctl writes} It takes about a second. */
    public String ctl(String... arguments) {
        return server.ctl(List.of(arguments));
    }

    /** Adds a user with rights in the default virtual host, each given as a regular expression for names. */
    public void addUser(String name, String password, String configure, String write, String read) {
        ctl("add_user", name, password);
        ctl("set_permissions", name, configure, write, read);
    }

    @Override
    protected void awaitAnswer() {
        StringBuilder last = new StringBuilder();
        Await.until(START_LIMIT, () -> answers(last), () -> "RabbitMQ at " + host() + ":" + port() + ": " + last);
    }

    private boolean answers(StringBuilder problem) {
        try {
            AmqpGreeting.version(host(), port(), GREETING_LIMIT);
            return true;
        } catch (IOException e) {
            problem.setLength(0);
            problem.append(e);
            return false;
        }
    }
}

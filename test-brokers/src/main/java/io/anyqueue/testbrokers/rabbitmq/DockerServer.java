package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.docker.ServerContainer;
import io.anyqueue.testbrokers.os.FreePorts;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** A container; compiled and not run where this project is built, like {@link ServerContainer}. */
final class DockerServer implements Server {
    private static final String IMAGE = "rabbitmq:4.2.4-management";
    private static final int AMQP = 5672;
    private static final int AMQPS = 5671;
    private static final String CERTIFICATES = "/etc/rabbitmq/certificates";

    /** Fixed, as a port that Docker chooses changes with each start. */
    private final int port = FreePorts.next();

    private final int tlsPort = FreePorts.next();
    private final GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE));
    private final ServerContainer controls = new ServerContainer(container);

    DockerServer(TestCertificates certificates) {
        container.setPortBindings(List.of(port + ":" + AMQP, tlsPort + ":" + AMQPS));
        container.waitingFor(Wait.forLogMessage(".*Server startup complete.*", 1));
        copy(
                ServerConfiguration.text("0.0.0.0:" + AMQP, "0.0.0.0:" + AMQPS, CERTIFICATES),
                "/etc/rabbitmq/conf.d/50-anyqueue.conf");
        copy(ServerConfiguration.ADVANCED, "/etc/rabbitmq/advanced.config");
        copy(ServerConfiguration.PLUGINS, "/etc/rabbitmq/enabled_plugins");
        for (String name : List.of("ca.pem", "server.pem", "server-key.pem")) {
            copy(read(certificates.folder().resolve(name)), CERTIFICATES + "/" + name);
        }
    }

    private void copy(String text, String path) {
        container.withCopyToContainer(Transferable.of(text, 0644), path);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public URI uri() {
        return ServerConfiguration.uri(container.getHost(), port);
    }

    @Override
    public int tlsPort() {
        return tlsPort;
    }

    @Override
    public void start() {
        controls.start();
    }

    @Override
    public void stop() {
        controls.stop();
    }

    @Override
    public void kill() {
        controls.kill();
    }

    @Override
    public void suspend() {
        controls.suspend();
    }

    @Override
    public void resume() {
        controls.resume();
    }

    @Override
    public String ctl(List<String> arguments) {
        List<String> words =
                Stream.concat(Stream.of("rabbitmqctl"), arguments.stream()).toList();
        try {
            ExecResult result = container.execInContainer(words.toArray(String[]::new));
            if (result.getExitCode() != 0) {
                throw new IllegalStateException(
                        words + " ended with status " + result.getExitCode() + ": " + result.getStderr());
            }
            return result.getStdout();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        controls.close();
    }
}

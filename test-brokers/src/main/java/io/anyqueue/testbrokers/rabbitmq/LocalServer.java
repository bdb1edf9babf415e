package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.os.Await;
import io.anyqueue.testbrokers.os.Command;
import io.anyqueue.testbrokers.os.LogTail;
import io.anyqueue.testbrokers.os.OsProcess;
import io.anyqueue.testbrokers.os.Workspace;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node of its own as processes of this machine: nothing is shared with a RabbitMQ that runs as a service. */
final class LocalServer implements Server {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
    private static final Duration CTL_LIMIT = Duration.ofMinutes(1);
    private static final String STARTED = "Server startup complete";

    private final Installation installation;
    private final Workspace workspace;
    private final NodeSettings settings;
    private final Map<String, String> environment;
    private @Nullable OsProcess portMapper;
    private @Nullable OsProcess node;

    LocalServer(Installation installation, TestCertificates certificates) {
        this.installation = installation;
        this.workspace = Workspace.create("rabbitmq");
        this.settings = NodeSettings.write(workspace.folder(), certificates);
        this.environment = settings.environment(installation);
    }

    @Override
    public URI uri() {
        return ServerConfiguration.uri("127.0.0.1", settings.port());
    }

    @Override
    public int tlsPort() {
        return settings.tlsPort();
    }

    @Override
    public boolean isControlled() {
        return true;
    }

    @Override
    public void start() {
        if (node != null && node.isAlive()) {
            throw new IllegalStateException("RabbitMQ runs already; kill() or stop() it first");
        }
        startPortMapper();
        LogTail log = LogTail.from(settings.log());
        OsProcess started = workspace.start(
                "RabbitMQ",
                List.of(installation.scripts().resolve("rabbitmq-server").toString()),
                environment,
                settings.log());
        node = started;
        Await.until(
                START_LIMIT,
                () -> log.has(STARTED) || !started.isAlive(),
                () -> "RabbitMQ says '" + STARTED + "'; it says:\n" + log.end());
        if (!started.isAlive()) {
            throw new IllegalStateException("RabbitMQ ended while it started; it says:\n" + log.end());
        }
    }

    /** A node without one starts one that outlives it. */
    private void startPortMapper() {
        if (portMapper == null || !portMapper.isAlive()) {
            portMapper = workspace.start(
                    "epmd",
                    List.of(
                            installation.epmd().toString(),
                            "-port",
                            Integer.toString(settings.epmdPort()),
                            "-address",
                            "127.0.0.1"),
                    environment,
                    workspace.folder().resolve("epmd.log"));
        }
    }

    @Override
    public void stop() {
        OsProcess running = running();
        // A halted process would not see the request to end.
        running.resume();
        running.terminate(STOP_LIMIT);
    }

    @Override
    public void kill() {
        running().kill();
    }

    @Override
    public void suspend() {
        running().suspend();
    }

    @Override
    public void resume() {
        running().resume();
    }

    private OsProcess running() {
        if (node == null || !node.isAlive()) {
            throw new IllegalStateException("RabbitMQ does not run; start() it first");
        }
        return node;
    }

    @Override
    public String ctl(List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(installation.scripts().resolve("rabbitmqctl").toString());
        words.addAll(arguments);
        return new Command(words, environment, CTL_LIMIT).run();
    }

    @Override
    public void close() {
        workspace.close();
    }
}

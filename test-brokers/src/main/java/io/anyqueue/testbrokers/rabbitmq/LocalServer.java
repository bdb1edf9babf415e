package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.os.Command;
import io.anyqueue.testbrokers.os.OsProcess;
import io.anyqueue.testbrokers.os.ServerProcess;
import io.anyqueue.testbrokers.os.ServerProcess.Program;
import io.anyqueue.testbrokers.os.Workspace;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node of its own as processes of this machine: nothing is shared with a RabbitMQ that runs as a service. */
final class LocalServer implements Server {
    private static final Duration CTL_LIMIT = Duration.ofMinutes(1);

    /**
     * What it prints itself and not its log's "Server startup complete": Erlang's logger drops what is beyond 500 lines in a second, and a
     * server that starts after a kill warns of each queue that had been deleted.
     */
    private static final String STARTED = " completed with ";

    private final Installation installation;
    private final Workspace workspace;
    private final NodeSettings settings;
    private final Map<String, String> environment;
    private final ServerProcess node;
    private @Nullable OsProcess portMapper;

    LocalServer(Installation installation, TestCertificates certificates) {
        this.installation = installation;
        this.workspace = Workspace.create("rabbitmq");
        this.settings = NodeSettings.write(workspace.folder(), certificates);
        this.environment = settings.environment(installation);
        String script = installation.scripts().resolve("rabbitmq-server").toString();
        this.node = new ServerProcess(
                workspace, new Program("RabbitMQ", List.of(script), environment, settings.log(), STARTED));
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
    public void start() {
        startPortMapper();
        node.start();
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
        node.stop();
    }

    @Override
    public void kill() {
        node.kill();
    }

    @Override
    public void suspend() {
        node.suspend();
    }

    @Override
    public void resume() {
        node.resume();
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

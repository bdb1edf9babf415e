package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.kafka.Cluster.Member;
import io.anyqueue.testbrokers.os.ServerProcess;
import io.anyqueue.testbrokers.os.ServerProcess.Program;
import io.anyqueue.testbrokers.os.Workspace;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Nodes as processes of this machine, in one temporary folder. */
final class LocalNodes {
    private static final String STARTED = "Kafka Server started";

    private LocalNodes() {}

    static Cluster cluster(List<NodePorts> ports, TestCertificates certificates) {
        Installation installation = Installation.get();
        Workspace workspace = Workspace.create("kafka");
        String clusterId = Format.newId();
        List<Member> members = ports.stream()
                .map(node -> {
                    String settings = NodeSettings.text(node, ports, certificates, data(workspace, node));
                    return new Member(node, node(workspace, node, settings, clusterId, installation));
                })
                .toList();
        return new OwnCluster(installation.jars().version(), members, workspace::close);
    }

    private static String data(Workspace workspace, NodePorts node) {
        return workspace.folder().resolve("data-" + node.id()).toString();
    }

    private static ServerProcess node(
            Workspace workspace, NodePorts node, String settings, String clusterId, Installation installation) {
        Path file = workspace.folder().resolve("server-" + node.id() + ".properties");
        try {
            Files.writeString(file, settings);
            Format.write(Path.of(data(workspace, node)), clusterId, node.id(), installation.checkpoint());
        } catch (IOException e) {
            throw new UncheckedIOException("the files of a Kafka node could not be written", e);
        }
        return server(workspace, "node " + node.id(), installation.java().server(workspace.folder(), file));
    }

    /** {@return a server's process, not started yet} */
    static ServerProcess server(Workspace workspace, String name, List<String> command) {
        Path log = workspace.folder().resolve(name.replace(' ', '-') + ".log");
        return new ServerProcess(
                workspace, new Program("Kafka's " + name, command, JavaCommand.ENVIRONMENT, log, STARTED));
    }
}

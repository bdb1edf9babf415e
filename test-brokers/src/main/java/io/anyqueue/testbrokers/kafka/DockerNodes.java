package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.docker.ServerContainer;
import io.anyqueue.testbrokers.kafka.Cluster.Member;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * Nodes as containers in the network of the host, so that they listen and lead to proxies like processes. Compiled and not run where
 * this project is built, like {@link ServerContainer}.
 */
final class DockerNodes {
    /** Not beside the settings, whose folder belongs to another user than the server. */
    private static final String DATA = "/tmp/anyqueue-data";

    private static final String SETTINGS = "/tmp/anyqueue/server.properties";

    /** The server replaces the shell: signals reach it. */
    private static final String SCRIPT = "/opt/kafka/bin/kafka-storage.sh format --ignore-formatted -t %s -c "
            + SETTINGS + " %s && exec /opt/kafka/bin/kafka-server-start.sh " + SETTINGS;

    private DockerNodes() {}

    /** {@return whether an engine answers, on this machine: the network of another one's host would be of no use} */
    static boolean isPossible() {
        return ServerContainer.isPossible()
                && "localhost".equals(DockerClientFactory.instance().dockerHostIpAddress());
    }

    static Cluster cluster(List<NodePorts> ports, TestCertificates certificates) {
        // The one that local processes would have.
        String version = ServerJars.get().version();
        String clusterId = Format.newId();
        List<Member> members = ports.stream()
                .map(node -> new Member(
                        node,
                        new ServerContainer(
                                container(version, clusterId, NodeSettings.text(node, ports, certificates, DATA)))))
                .toList();
        return new OwnCluster(
                version,
                members,
                () -> members.forEach(member -> member.controls().close()));
    }

    @SuppressWarnings("resource") // ServerContainer closes it.
    private static GenericContainer<?> container(String version, String clusterId, String settings) {
        String script = SCRIPT.formatted(clusterId, "'" + String.join("' '", Format.USERS) + "'");
        return new GenericContainer<>(DockerImageName.parse("apache/kafka:" + version))
                .withNetworkMode("host")
                .withEnv("KAFKA_HEAP_OPTS", "-Xmx256m")
                .withCopyToContainer(Transferable.of(settings, 0644), SETTINGS)
                // Not withCommand, which takes a text apart.
                .withCreateContainerCmdModifier(create -> create.withEntrypoint("sh", "-c", script))
                .waitingFor(Wait.forLogMessage(".*Kafka Server started.*", 1));
    }
}

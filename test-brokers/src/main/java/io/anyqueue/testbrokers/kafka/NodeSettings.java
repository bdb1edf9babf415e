package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.kafka.NodePorts.Route;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** The settings of nodes: as the broker has them by default, except for what makes tests wait or takes much memory. */
final class NodeSettings {
    /** {@code server.properties} for the times after which a broker notices things, and the bounds within which groups may set theirs. */
    private static final String TIMES = """
            # A node that was killed is not waited for: the controller forgets it, so that it can come back.
            broker.session.timeout.ms=2000
            broker.heartbeat.interval.ms=300
            controller.quorum.fetch.timeout.ms=1000
            controller.quorum.election.timeout.ms=500
            # Nor is one that hangs: others try elsewhere.
            controller.socket.timeout.ms=3000
            replica.socket.timeout.ms=3000
            request.timeout.ms=3000
            group.initial.rebalance.delay.ms=0
            group.min.session.timeout.ms=1000
            group.consumer.session.timeout.ms=6000
            group.consumer.min.session.timeout.ms=1000
            group.consumer.heartbeat.interval.ms=500
            group.consumer.min.heartbeat.interval.ms=100
            group.share.session.timeout.ms=6000
            group.share.min.session.timeout.ms=1000
            group.share.heartbeat.interval.ms=200
            group.share.min.heartbeat.interval.ms=100
            group.share.min.record.lock.duration.ms=1000
            transaction.abort.timed.out.transaction.cleanup.interval.ms=500
            """;

    private static final String SIZES = """
            num.network.threads=2
            num.io.threads=4
            background.threads=4
            log.cleaner.dedupe.buffer.size=4194304
            offsets.topic.num.partitions=1
            transaction.state.log.num.partitions=1
            share.coordinator.state.topic.num.partitions=1
            """;

    /** Everybody may do everything until an ACL names the topic or group; clients without a login may always. */
    private static final String RIGHTS = """
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            super.users=User:ANONYMOUS
            allow.everyone.if.no.acl.found=true
            sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512
            listener.name.sasl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
            listener.name.sasl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
            ssl.client.auth=requested
            ssl.keystore.type=PEM
            ssl.truststore.type=PEM
            """;

    private NodeSettings() {}

    /**
     * {@return the text of server.properties}
     *
     * @param node whose it is
     * @param all nodes of the cluster
     * @param data the folder for data
     */
    static String text(NodePorts node, List<NodePorts> all, TestCertificates certificates, String data) {
        Properties own = new Properties();
        own.setProperty("log.dirs", data);
        addListeners(own, node);
        addCluster(own, node, all);
        addCertificates(own, certificates.folder());
        StringWriter text = new StringWriter();
        try {
            own.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + TIMES + SIZES + RIGHTS;
    }

    private static void addListeners(Properties own, NodePorts node) {
        List<String> listeners = new ArrayList<>(List.of(
                "PLAINTEXT://127.0.0.1:" + node.plain(),
                "TLS://127.0.0.1:" + node.tls(),
                "SASL://127.0.0.1:" + node.sasl()));
        List<String> advertised = new ArrayList<>(listeners);
        StringBuilder protocols = new StringBuilder("CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,TLS:SSL,SASL:SASL_SSL");
        for (int i = 0; i < node.routes().size(); i++) {
            Route route = node.routes().get(i);
            listeners.add("PROXIED" + i + "://127.0.0.1:" + route.port());
            // Where clients go after they have asked for the nodes.
            advertised.add("PROXIED" + i + "://127.0.0.1:" + route.proxy().port());
            protocols.append(",PROXIED").append(i).append(":PLAINTEXT");
        }
        listeners.add("CONTROLLER://127.0.0.1:" + node.controller());
        own.setProperty("listeners", String.join(",", listeners));
        own.setProperty("advertised.listeners", String.join(",", advertised));
        own.setProperty("listener.security.protocol.map", protocols.toString());
        own.setProperty("inter.broker.listener.name", "PLAINTEXT");
        own.setProperty("controller.listener.names", "CONTROLLER");
    }

    private static void addCluster(Properties own, NodePorts node, List<NodePorts> all) {
        own.setProperty("process.roles", "broker,controller");
        own.setProperty("node.id", Integer.toString(node.id()));
        own.setProperty(
                "controller.quorum.voters",
                all.stream()
                        .map(other -> other.id() + "@127.0.0.1:" + other.controller())
                        .collect(Collectors.joining(",")));
        String copies = Integer.toString(Math.min(3, all.size()));
        String copiesInSync = all.size() < 3 ? "1" : "2";
        own.setProperty("default.replication.factor", copies);
        own.setProperty("min.insync.replicas", copiesInSync);
        for (String log : List.of("transaction.state.log.", "share.coordinator.state.topic.")) {
            own.setProperty(log + "replication.factor", copies);
            own.setProperty(log + "min.isr", copiesInSync);
        }
        own.setProperty("offsets.topic.replication.factor", copies);
    }

    private static void addCertificates(Properties own, Path folder) {
        own.setProperty("ssl.keystore.key", read(folder.resolve("server-key.pem")));
        own.setProperty("ssl.keystore.certificate.chain", read(folder.resolve("server.pem")));
        own.setProperty("ssl.truststore.certificates", read(folder.resolve("ca.pem")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

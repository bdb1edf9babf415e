package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.Switches;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Finds the way in which nodes are to be had here. Safe for use by many threads. */
final class Servers {
    private Servers() {}

    /** {@return a cluster, not started yet unless somebody else runs it} */
    static Cluster obtain(int nodes) {
        Optional<String> address = Switches.address(Kafka.NAME);
        if (address.isPresent()) {
            return new AddressedCluster(address.get());
        }
        List<NodePorts> ports =
                IntStream.rangeClosed(1, nodes).mapToObj(NodePorts::open).toList();
        if (!Switches.unpackOnly() && DockerNodes.isPossible()) {
            return DockerNodes.cluster(ports, TestCertificates.get());
        }
        return LocalNodes.cluster(ports, TestCertificates.get());
    }

    /** {@return what else can be done if there is no server} */
    static String remedy() {
        return "or run Docker, or set " + Switches.addressName(Kafka.NAME) + "=host:port. " + Switches.SKIP + "="
                + Kafka.NAME + " leaves these tests out.";
    }
}

package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.os.Controls;
import java.net.InetSocketAddress;
import java.util.List;

/** One way in which nodes are run. Used by {@link Kafka} alone, by one thread at a time. */
interface Cluster extends Controls {
    /** {@return where it is spoken to without TLS or login} */
    List<InetSocketAddress> addresses();

    /** {@return the server's version} */
    String version();

    /** {@return the nodes, with the lowest id first} */
    List<Member> members();

    /**
     * A node.
     *
     * @param ports where it listens
     * @param controls of it alone
     */
    record Member(NodePorts ports, Controls controls) {}
}

package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.ControlledBroker;
import io.anyqueue.testbrokers.kafka.Cluster.Member;
import io.anyqueue.testbrokers.os.Await;
import io.anyqueue.testbrokers.os.Lazy;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A real Kafka (KRaft), for tests: the one whose address is in the environment variable {@code ANYQUEUE_TEST_KAFKA}, else Docker
 * containers, else processes of this machine, whose jars the build has obtained. Nothing that was started here outlives the JVM.
 *
 * <p>The settings are the broker's own, but for short times: a node that was killed can be started again at once, groups do not wait for
 * members, share groups may have locks of a second. With three nodes or more, new topics have three copies and ask for two.
 *
 * <pre>{@code
 * try (ProxiedKafka proxied = kafka.proxied()) {
 *     properties.put("bootstrap.servers", proxied.bootstrap());
 *     proxied.proxy().eatReplies(); // the broker gets what is sent, and its answers are lost
 *     proxied.proxy().cut();
 *     proxied.proxy().pass();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads; what changes the nodes happens one after the other. What is done to all of them, such as
 * {@link #kill}, asks for all of them to be running, or all to be ended; {@link #node} gives one of them.
 */
public final class Kafka extends ControlledBroker {
    /** As in {@link io.anyqueue.testbrokers.Switches}. */
    public static final String NAME = "kafka";

    /** Who may log in, by SCRAM-SHA-256 or SCRAM-SHA-512. */
    public static final String USER = "anyqueue";

    /** The password of {@link #USER}. */
    public static final String PASSWORD = "for-tests-only";

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    /** Never closed: it ends with the JVM. */
    private static final Lazy<Kafka> SHARED = new Lazy<>(() -> running(new Kafka(Servers.obtain(1), true)));

    private final Cluster cluster;
    private final Queue<Integer> freeRoutes = new ConcurrentLinkedQueue<>(
            IntStream.range(0, NodePorts.ROUTES).boxed().toList());

    private Kafka(Cluster cluster, boolean ofAll) {
        super(cluster, ofAll);
        this.cluster = cluster;
    }

    /**
     * {@return the one node that all tests of this JVM share, running} Whoever stops it starts it again.
     *
     * @throws io.anyqueue.testbrokers.BrokerMissingException if no server can be had
     */
    public static Kafka shared() {
        abortIfSkipped(NAME);
        return SHARED.get();
    }

    /**
     * {@return a new node for the caller alone, running} The caller closes it. With an address in the environment it is the cluster
     * there, and not for the caller alone.
     *
     * @throws io.anyqueue.testbrokers.BrokerMissingException if no server can be had
     */
    public static Kafka own() {
        return own(1);
    }

    /**
     * {@return a new cluster for the caller alone, running} Like {@link #own()}.
     *
     * @param nodes their number; of three, one may fail
     * @throws io.anyqueue.testbrokers.BrokerMissingException if no server can be had
     */
    public static Kafka own(int nodes) {
        if (nodes < 1) {
            throw new IllegalArgumentException("nodes has to be 1 or more, not " + nodes);
        }
        abortIfSkipped(NAME);
        return running(new Kafka(Servers.obtain(nodes), false));
    }

    /** {@return the bootstrap servers, without TLS and login} */
    public String bootstrap() {
        return cluster.addresses().stream()
                .map(address -> address.getHostString() + ":" + address.getPort())
                .collect(Collectors.joining(","));
    }

    /**
     * {@return the bootstrap servers with TLS and without login} They show a certificate for localhost and 127.0.0.1, and take clients
     * with a certificate of the same authority or with none: see {@link io.anyqueue.testbrokers.tls.TestCertificates}.
     *
     * @throws UnsupportedOperationException without {@link #canControl}
     */
    public String tlsBootstrap() {
        return bootstrap(NodePorts::tls);
    }

    /**
     * {@return the bootstrap servers with TLS and a login by SCRAM} {@link #USER} is there from the start, and more can be added by the
     * admin client. A user may do everything to topics and groups that no ACL names; clients without a login may do everything always.
     *
     * @throws UnsupportedOperationException without {@link #canControl}
     */
    public String saslBootstrap() {
        return bootstrap(NodePorts::sasl);
    }

    private String bootstrap(ToIntFunction<NodePorts> port) {
        return join(cluster.members().stream().map(member -> port.applyAsInt(member.ports())));
    }

    static String join(Stream<Integer> ports) {
        return ports.map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /**
     * {@return a way to the nodes that leads through proxies, for the caller alone} The caller closes it. It has neither TLS nor login.
     *
     * @throws IllegalStateException if too many are in use
     * @throws UnsupportedOperationException without {@link #canControl}
     */
    public ProxiedKafka proxied() {
        List<Member> members = cluster.members();
        Integer route = freeRoutes.poll();
        if (route == null) {
            throw new IllegalStateException("all " + NodePorts.ROUTES + " ways through proxies are in use; close one");
        }
        List<TcpProxy> proxies = members.stream()
                .map(member -> member.ports().routes().get(route).proxy())
                .toList();
        return new ProxiedKafka(proxies, () -> freeRoutes.add(route));
    }

    /**
     * {@return a node}
     *
     * @param id from 1, as clients know it
     * @throws UnsupportedOperationException without {@link #canControl}
     */
    public KafkaNode node(int id) {
        return nodes().stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no node " + id));
    }

    /**
     * {@return all nodes, with the lowest id first}
     *
     * @throws UnsupportedOperationException without {@link #canControl}
     */
    public List<KafkaNode> nodes() {
        return cluster.members().stream()
                .map(member -> new KafkaNode(member, this::locked))
                .toList();
    }

    /**
     * {@return the server's version} The protocol does not tell it.
     *
     * @throws UnsupportedOperationException without {@link #canControl}
     */
    public String version() {
        return cluster.version();
    }

    @Override
    protected void awaitAnswer() {
        cluster.addresses().forEach(address -> awaitAnswer(address.getHostString(), address.getPort()));
    }

    static void awaitAnswer(String host, int port) {
        StringBuilder last = new StringBuilder();
        Await.until(START_LIMIT, () -> answers(host, port, last), () -> "Kafka at " + host + ":" + port + ": " + last);
    }

    private static boolean answers(String host, int port, StringBuilder problem) {
        try {
            ApiVersions.ask(host, port, ANSWER_LIMIT);
            return true;
        } catch (IOException e) {
            problem.setLength(0);
            problem.append(e);
            return false;
        }
    }
}

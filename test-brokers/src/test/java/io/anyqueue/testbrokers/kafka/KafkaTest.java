package io.anyqueue.testbrokers.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.anyqueue.testbrokers.os.Await;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(300)
@ExtendWith(KafkaExtension.class)
class KafkaTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Below the 30 seconds for which nodes wait for one that hangs, if nobody tells them not to. */
    private static final Duration LIMIT_OF_FAILOVER = Duration.ofSeconds(28);

    private static final Duration SHORT = Duration.ofSeconds(1);

    @Test
    void keepsWhatIsSent(Kafka kafka) throws Exception {
        Map<String, Object> settings = Clients.settings(kafka.bootstrap());
        Clients.createTopic(settings, "kept");
        Clients.send(settings, "kept", "one");
        assertThat(Clients.read(settings, "kept", 1)).containsExactly("one");
    }

    @Test
    void saysItsAddressAndVersion(Kafka kafka) {
        assertThat(kafka.version()).matches("[34]\\..*");
        assertThat(kafka.nodes()).extracting(KafkaNode::id).containsExactly(1);
        assertThat(kafka.bootstrap()).isEqualTo("127.0.0.1:" + kafka.node(1).port());
        assertThat(kafka.node(1).port()).isNotEqualTo(9092);
        assertThatThrownBy(() -> kafka.node(2)).hasMessage("there is no node 2");
    }

    @Test
    void isTheSameForAllWhoShareIt(Kafka kafka) {
        assertThat(Kafka.shared()).isSameAs(kafka);
    }

    @Test
    void leavesItsJarsToItself() {
        assertThatThrownBy(() -> Class.forName("kafka.Kafka")).isInstanceOf(ClassNotFoundException.class);
        assertThatThrownBy(() -> Class.forName("scala.Option")).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void letsShareGroupsHaveLocksOfASecond(Kafka kafka) throws Exception {
        assumeThat(kafka.version()).as("a version with share groups").doesNotStartWith("3.");
        Map<String, Object> settings = Clients.settings(kafka.bootstrap());
        Clients.createTopic(settings, "shared-out");
        Clients.send(settings, "shared-out", "one");
        setShareGroup(settings, "sharers");

        Map<String, Object> sharing = new HashMap<>(settings);
        sharing.put("group.id", "sharers");
        sharing.put("share.acknowledgement.mode", "explicit");
        try (KafkaShareConsumer<String, String> slow = shareConsumer(sharing);
                KafkaShareConsumer<String, String> other = shareConsumer(sharing)) {
            slow.subscribe(List.of("shared-out"));
            assertThat(next(slow).deliveryCount()).contains((short) 1);

            other.subscribe(List.of("shared-out"));
            ConsumerRecord<String, String> again = next(other);
            assertThat(again.deliveryCount())
                    .hasValueSatisfying(count -> assertThat(count).isGreaterThan((short) 1));
            other.acknowledge(again, AcknowledgeType.ACCEPT);
        }
    }

    private static void setShareGroup(Map<String, Object> settings, String group) throws Exception {
        try (Admin admin = Admin.create(settings)) {
            Clients.get(admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, group),
                            List.of(
                                    set("share.record.lock.duration.ms", "1000"),
                                    set("share.auto.offset.reset", "earliest"))))
                    .all());
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), OpType.SET);
    }

    private static KafkaShareConsumer<String, String> shareConsumer(Map<String, Object> settings) {
        return new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static ConsumerRecord<String, String> next(KafkaShareConsumer<String, String> consumer) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() - end < 0) {
            ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(200));
            if (!records.isEmpty()) {
                return records.iterator().next();
            }
        }
        throw new AssertionError("nothing came");
    }

    /** One server for all of it, as each start takes its time. */
    @Test
    void isHaltedKilledStoppedAndStartedWithItsDataAndLeavesNothingBehind() throws Exception {
        Set<ProcessHandle> before = descendants();
        Set<ProcessHandle> its;
        try (Kafka kafka = Kafka.own()) {
            Map<String, Object> settings = Clients.settings(kafka.bootstrap());
            int port = kafka.node(1).port();
            Clients.createTopic(settings, "kept");
            Clients.send(settings, "kept", "one");

            kafka.suspend();
            assertThatThrownBy(() -> ApiVersions.ask("127.0.0.1", port, SHORT))
                    .isInstanceOf(SocketTimeoutException.class);
            kafka.resume();
            Clients.send(settings, "kept", "two");

            kafka.kill();
            assertThatThrownBy(() -> ApiVersions.ask("127.0.0.1", port, SHORT)).isInstanceOf(IOException.class);
            assertThatThrownBy(kafka::kill).hasMessageContaining("start() it first");

            kafka.start();
            assertThat(Clients.read(settings, "kept", 2)).containsExactly("one", "two");
            assertThatThrownBy(kafka::start).hasMessageContaining("runs already");

            kafka.node(1).stop();
            kafka.node(1).start();
            Clients.send(settings, "kept", "three");
            assertThat(Clients.read(settings, "kept", 3)).containsExactly("one", "two", "three");
            its = newcomers(before);
        }
        assertThat(its).isNotEmpty();
        awaitEnd(its);
    }

    /** The hard case: a follower has just come back when the node hangs that is controller and leader of the topic. */
    @Test
    void ofThreeNodesOneMayFail() throws Exception {
        try (Kafka kafka = Kafka.own(3)) {
            Map<String, Object> settings = Clients.settings(kafka.bootstrap());
            KafkaNode leader = kafka.node(controller(settings));
            KafkaNode follower = kafka.node(leader.id() % 3 + 1);
            Clients.createTopic(settings, "copied", List.of(leader.id(), follower.id(), follower.id() % 3 + 1));
            try (KafkaProducer<String, String> producer = Clients.producer(settings, LIMIT_OF_FAILOVER)) {
                Clients.send(producer, "copied", "one");

                follower.kill();
                Clients.send(producer, "copied", "two");
                follower.start();

                leader.suspend();
                Clients.send(producer, "copied", "three");
                leader.resume();
            }
            assertThat(Clients.read(settings, "copied", 3)).containsExactly("one", "two", "three");

            kafka.kill();
            kafka.start();
            try (ProxiedKafka proxied = kafka.proxied()) {
                Map<String, Object> through = Clients.settings(proxied.bootstrap());
                assertThat(Clients.read(through, "copied", 3)).containsExactly("one", "two", "three");
                assertThatThrownBy(proxied::proxy).hasMessageContaining("say which");
                assertThat(ports(through))
                        .isSubsetOf(
                                proxied.proxies().stream().map(TcpProxy::port).toList());
            }
        }
    }

    private static List<Integer> ports(Map<String, Object> settings) throws Exception {
        try (Admin admin = Admin.create(settings)) {
            return Clients.get(admin.describeCluster().nodes()).stream()
                    .map(Node::port)
                    .toList();
        }
    }

    private static int controller(Map<String, Object> settings) throws Exception {
        try (Admin admin = Admin.create(settings)) {
            return Clients.get(admin.describeMetadataQuorum().quorumInfo()).leaderId();
        }
    }

    private static Set<ProcessHandle> newcomers(Set<ProcessHandle> before) {
        Set<ProcessHandle> now = descendants();
        now.removeAll(before);
        return now;
    }

    private static void awaitEnd(Set<ProcessHandle> processes) {
        Await.until(
                LIMIT,
                () -> processes.stream().noneMatch(ProcessHandle::isAlive),
                () -> "the end of one of " + processes);
    }

    private static Set<ProcessHandle> descendants() {
        return ProcessHandle.current().descendants().collect(Collectors.toSet());
    }
}

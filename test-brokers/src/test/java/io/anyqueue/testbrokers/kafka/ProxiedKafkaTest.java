package io.anyqueue.testbrokers.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.testbrokers.proxy.Direction;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(KafkaExtension.class)
class ProxiedKafkaTest {
    /** Longer than one request may take: it is tried again in vain. */
    private static final Duration SHORT = Duration.ofSeconds(3);

    private final String topic = "proxied-" + UUID.randomUUID();
    private final Kafka kafka;
    private final ProxiedKafka proxied;
    private final TcpProxy proxy;
    private final Map<String, Object> direct;
    private final Map<String, Object> settings;

    ProxiedKafkaTest(Kafka kafka) {
        this.kafka = kafka;
        this.proxied = kafka.proxied();
        this.proxy = proxied.proxy();
        this.direct = Clients.settings(kafka.bootstrap());
        this.settings = Clients.settings(proxied.bootstrap());
    }

    @BeforeEach
    void createTopic() throws Exception {
        Clients.createTopic(direct, topic);
    }

    @AfterEach
    void close() {
        proxied.close();
    }

    @Test
    void isAllThatItsClientsKnowOfTheNodes() throws Exception {
        try (Admin admin = Admin.create(settings)) {
            assertThat(Clients.get(admin.describeCluster().nodes()))
                    .extracting(Node::port)
                    .containsExactly(proxy.port());
        }
        try (Admin admin = Admin.create(direct)) {
            assertThat(Clients.get(admin.describeCluster().nodes()))
                    .extracting(Node::port)
                    .containsExactly(kafka.node(1).port());
        }
    }

    @Test
    void aCutIsMended() throws Exception {
        try (KafkaProducer<String, String> producer = Clients.producer(settings, Clients.LIMIT)) {
            Clients.send(producer, topic, "one");
            assertThat(proxy.clientPorts()).isNotEmpty();

            proxy.cut();

            Clients.send(producer, topic, "two");
        }
        assertThat(Clients.read(settings, topic, 2)).containsExactly("one", "two");
    }

    @Test
    void aHoleSwallowsWhatIsSent() throws Exception {
        try (KafkaProducer<String, String> producer = Clients.producer(settings, SHORT)) {
            Clients.send(producer, topic, "one");

            proxy.hole(Direction.BOTH);

            Future<?> lost = producer.send(new ProducerRecord<>(topic, "lost"));
            assertThatThrownBy(lost::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
            proxy.cut();
            proxy.pass();
            Clients.send(settings, topic, "two");
        }
        assertThat(Clients.read(direct, topic, 2)).containsExactly("one", "two");
    }

    @Test
    void whatIsSentArrivesThoughTheReplyIsEaten() throws Exception {
        try (KafkaProducer<String, String> producer = Clients.producer(settings, SHORT)) {
            Clients.send(producer, topic, "one");

            proxy.eatReplies();

            Future<?> unknown = producer.send(new ProducerRecord<>(topic, "two"));
            assertThatThrownBy(unknown::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
        }
        assertThat(Clients.read(direct, topic, 2)).containsExactly("one", "two");
    }

    @Test
    void refusesAndDelays() throws Exception {
        proxy.delay(Duration.ofMillis(100));
        Clients.send(settings, topic, "one");
        proxy.refuse();
        try (KafkaProducer<String, String> producer = Clients.producer(settings, SHORT)) {
            Future<?> refused = producer.send(new ProducerRecord<>(topic, "refused"));
            assertThatThrownBy(refused::get).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void otherWaysAreNotTouched() throws Exception {
        try (ProxiedKafka other = kafka.proxied()) {
            proxy.hole(Direction.BOTH);
            Clients.send(Clients.settings(other.bootstrap()), topic, "one");
        }
    }

    @Test
    void aWayThatIsGivenBackIsWholeAgain() throws Exception {
        List<ProxiedKafka> all = new ArrayList<>();
        while (all.size() < NodePorts.ROUTES - 1) {
            all.add(kafka.proxied());
        }
        assertThatThrownBy(kafka::proxied).hasMessageContaining("close one");
        proxy.hole(Direction.BOTH);
        proxied.close();
        proxied.close();
        try (ProxiedKafka again = kafka.proxied()) {
            assertThat(again.bootstrap()).isEqualTo(proxied.bootstrap());
            Clients.send(Clients.settings(again.bootstrap()), topic, "one");
            assertThatThrownBy(kafka::proxied).hasMessageContaining("close one");
        }
        all.forEach(ProxiedKafka::close);
    }
}

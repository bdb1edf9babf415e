package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.kafka.KafkaExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is gone is reported, and nothing else skipped (rule RET-1). A topic that was made again has other messages at the same offsets. */
@Timeout(300)
@ExtendWith(KafkaExtension.class)
class ReplacedTopicTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    private final Kafka kafka;
    private final Admin admin;
    private final String name = "replaced-" + UUID.randomUUID();
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client;
    private MessageQueue<String> queue;

    ReplacedTopicTest(Kafka kafka) {
        this.kafka = kafka;
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
        this.client = connect();
    }

    private QueueClient connect() {
        return QueueClient.connect(
                ClientOptions.of("kafka://" + kafka.bootstrap() + "?session-timeout=PT30S&partitions=1")
                        .use(meters));
    }

    @BeforeEach
    void open() {
        queue = client.queue(name, String.class);
    }

    @AfterEach
    void close() {
        client.close();
        admin.close();
    }

    @Test
    void whileItIsConsumed() throws Exception {
        var unused = queue.consume(handled::add);
        send(queue, "old", 20);
        await().atMost(SOON).untilAsserted(() -> assertThat(handled).hasSize(20));
        replace();
        try (QueueClient other = connect()) {
            send(other.queue(name, String.class), "new", 50);
            // More than before, so that the old offsets are within the new log.
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsAll(numbered("new", 50)));
        }
        assertThat(lost()).isPositive();
    }

    @Test
    void whileNobodyConsumesAndTheGroupStillHasItsOffsets() throws Exception {
        MessageConsumer consumer = queue.consume(handled::add);
        send(queue, "old", 20);
        await().atMost(SOON).untilAsserted(() -> assertThat(handled).hasSize(20));
        assertThat(consumer.stop(Duration.ofSeconds(20))).isTrue();
        client.close();
        Map<TopicPartition, OffsetAndMetadata> known = admin.listConsumerGroupOffsets(name)
                .partitionsToOffsetAndMetadata()
                .get();
        replace();
        // As when a broker was away while the topic was deleted, or by a commit that was late.
        known.values().removeIf(offset -> offset == null);
        admin.alterConsumerGroupOffsets(name, known).all().get();
        try (QueueClient other = connect()) {
            MessageQueue<String> again = other.queue(name, String.class);
            send(again, "new", 50);
            var unused = again.consume(handled::add);
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsAll(numbered("new", 50)));
            assertThat(lost()).isPositive();
        }
    }

    /** The log lost its end in an election, say: what is there was handled, and is not handled once more. */
    @Test
    void aPositionBehindTheEndIsNoReasonToBeginAgain() throws Exception {
        MessageConsumer consumer = queue.consume(handled::add);
        send(queue, "old", 20);
        await().atMost(SOON).untilAsserted(() -> assertThat(handled).hasSize(20));
        assertThat(consumer.stop(Duration.ofSeconds(20))).isTrue();
        admin.alterConsumerGroupOffsets(name, Map.of(new TopicPartition(name, 0), new OffsetAndMetadata(1_000)))
                .all()
                .get();
        var unused = queue.consume(handled::add);
        await().atMost(SOON).untilAsserted(() -> assertThat(lost()).isPositive());
        send(queue, "new", 5);
        await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsAll(numbered("new", 5)));
        assertThat(handled).hasSize(25);
    }

    /** As by retention, or by a foreign program: what is left is handled, and what is not there is no reason to stop. */
    @Test
    void whatIsGoneFromTheBeginningIsReported() throws Exception {
        MessageConsumer consumer = queue.consume(handled::add);
        send(queue, "old", 20);
        await().atMost(SOON).untilAsserted(() -> assertThat(handled).hasSize(20));
        assertThat(consumer.stop(Duration.ofSeconds(20))).isTrue();
        send(queue, "new", 30);
        admin.deleteRecords(Map.of(new TopicPartition(name, 0), RecordsToDelete.beforeOffset(40)))
                .all()
                .get();
        var unused = queue.consume(handled::add);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(handled)
                        .hasSize(30)
                        .endsWith(numbered("new", 30).subList(20, 30).toArray(String[]::new)));
        assertThat(lost()).isEqualTo(20);
    }

    /** As when nobody consumed for a week: what is retained comes again, and nothing is skipped. */
    @Test
    void aGroupWhoseOffsetsExpiredBeginsAtTheBeginning() throws Exception {
        MessageConsumer consumer = queue.consume(handled::add);
        send(queue, "old", 20);
        await().atMost(SOON).untilAsserted(() -> assertThat(handled).hasSize(20));
        assertThat(consumer.stop(Duration.ofSeconds(20))).isTrue();
        send(queue, "new", 5);
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(
                        () -> admin.deleteConsumerGroups(List.of(name)).all().get());
        handled.clear();
        var unused = queue.consume(handled::add);
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(handled).containsAll(numbered("old", 20)).containsAll(numbered("new", 5)));
    }

    private void replace() throws Exception {
        admin.deleteTopics(List.of(name)).all().get();
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty())))
                        .all()
                        .get());
    }

    private double lost() {
        return meters.find("q.trouble").tag("kind", "lost-message").functionCounters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static void send(MessageQueue<String> queue, String prefix, int count) {
        numbered(prefix, count).forEach(queue::send);
    }

    private static List<String> numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }
}

package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.kafka.KafkaNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three nodes with three copies of everything, two of which have to be in sync (rules SND-1, SND-2, ORD-1, LIF-3). */
@Timeout(300)
class ReplicationTest {
    private static final Kafka KAFKA = Kafka.own(3);
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int KEYS = 20;

    @AfterAll
    static void close() {
        KAFKA.close();
    }

    private static QueueClient client(String more) {
        return QueueClient.connect("kafka://" + KAFKA.bootstrap() + "?session-timeout=PT4S" + more);
    }

    /** {@return messages of some keys, as {@code key-number}} */
    private static List<String> messages(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> i % KEYS + "-" + i).toList();
    }

    private static String key(String message) {
        return message.substring(0, message.indexOf('-'));
    }

    /** Each node leads some partitions, one of them the group, and one is the controller. */
    @Test
    void eachNodeMayDieWhileMessagesFlow() {
        Map<String, Queue<String>> handled = new ConcurrentHashMap<>();
        AtomicInteger runs = new AtomicInteger();
        List<String> sent = new ArrayList<>();
        try (QueueClient client = client("")) {
            MessageQueue<String> queue =
                    client.queue(QueueSpec.of("replicated", String.class).orderedBy(ReplicationTest::key));
            queue.consumer().concurrency(8).start((text, context) -> {
                handled.computeIfAbsent(key(text), fresh -> new ConcurrentLinkedQueue<>())
                        .add(text);
                runs.incrementAndGet();
            });
            for (KafkaNode node : KAFKA.nodes()) {
                List<CompletableFuture<String>> confirmed = new ArrayList<>();
                send(queue, messages(sent.size(), sent.size() + 500), sent, confirmed);
                await().atMost(SOON).until(() -> runs.get() > sent.size() - 400);
                node.kill();
                send(queue, messages(sent.size(), sent.size() + 500), sent, confirmed);
                assertThat(CompletableFuture.allOf(confirmed.toArray(CompletableFuture[]::new)))
                        .succeedsWithin(SOON);
                node.start();
            }
            await().atMost(SOON)
                    .until(() -> handled.values().stream()
                                    .mapToLong(each -> each.stream().distinct().count())
                                    .sum()
                            == sent.size());
        }
        for (int key = 0; key < KEYS; key++) {
            String prefix = key + "-";
            assertThat(handled.get("" + key).stream().distinct())
                    .containsExactlyElementsOf(sent.stream()
                            .filter(text -> text.startsWith(prefix))
                            .toList());
        }
    }

    private static void send(
            MessageQueue<String> queue,
            List<String> messages,
            List<String> sent,
            List<CompletableFuture<String>> confirmed) {
        for (String message : messages) {
            sent.add(message);
            confirmed.add(queue.sendAsync(message));
        }
    }

    @Test
    void whatIsOnOneNodeAloneIsNotConfirmed() {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        try (QueueClient client = client("&confirm-timeout=PT4S")) {
            MessageQueue<String> queue = client.queue("in-sync", String.class);
            queue.consume(handled::add);
            queue.send("before");
            KAFKA.node(1).kill();
            queue.send("with two of three");
            KAFKA.node(2).kill();
            CompletableFuture<String> alone = queue.sendAsync("with one of three");
            // Longer than a send takes to be given up by the adapter, so it was tried again at least once.
            await().pollDelay(Duration.ofSeconds(6))
                    .atMost(SOON)
                    .until(() -> !alone.isDone() || alone.isCompletedExceptionally());
            KAFKA.node(1).start();
            KAFKA.node(2).start();
            await().atMost(SOON).ignoreExceptions().until(() -> {
                queue.send("after");
                return true;
            });
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(handled).contains("before", "with two of three", "after"));
        }
    }

    /** As of a topic with one copy, or after two nodes of three are gone. */
    @Test
    void aPartitionWithoutALeaderHoldsUpNoOther() throws Exception {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        try (QueueClient client = client("");
                Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrap()))) {
            NewTopic single = new NewTopic("single", Map.of(0, List.of(1), 1, List.of(2), 2, List.of(1)))
                    .configs(Map.of("min.insync.replicas", "1"));
            admin.createTopics(List.of(single)).all().get(30, TimeUnit.SECONDS);
            MessageQueue<String> queue = client.queue("single", String.class);
            List<String> texts = IntStream.range(0, 60).mapToObj(i -> "m" + i).toList();
            // By their keys they go to all partitions; without, all may go to one.
            queue.sendAll(
                    texts.stream().map(text -> Outgoing.of(text).key(text)).toList());
            Set<String> waiting = inPartition("single", 1);
            assertThat(waiting).isNotEmpty().hasSizeLessThan(texts.size());
            KAFKA.node(2).kill();
            // Nothing is committed of any, so where to begin is not known of that one.
            MessageConsumer consumer = queue.consume(handled::add);
            List<String> others =
                    texts.stream().filter(text -> !waiting.contains(text)).toList();
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsExactlyInAnyOrderElementsOf(others));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(client.health().toString()).contains("single-1"));
            KAFKA.node(2).start();
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsExactlyInAnyOrderElementsOf(texts));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(client.health().status()).isEqualTo(Health.Status.UP));
            // Now it is being read, and that says nothing either.
            KAFKA.node(2).kill();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(client.health().toString()).contains("single-1"));
            KAFKA.node(2).start();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(client.health().status()).isEqualTo(Health.Status.UP));
            assertThat(consumer.stop(Duration.ofSeconds(20))).isTrue();
        }
    }

    private static Set<String> inPartition(String topic, int partition) {
        TopicPartition only = new TopicPartition(topic, partition);
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                KAFKA.bootstrap(),
                "key.deserializer",
                StringDeserializer.class,
                "value.deserializer",
                StringDeserializer.class);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
            consumer.assign(Set.of(only));
            consumer.seekToBeginning(Set.of(only));
            long end = consumer.endOffsets(Set.of(only)).get(only);
            Set<String> found = new HashSet<>();
            while (consumer.position(only) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> found.add(record.value()));
            }
            return found;
        }
    }
}

package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.testbrokers.Own;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.kafka.KafkaExtension;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Consuming by share groups, against a live broker. */
@Timeout(300)
@ExtendWith(KafkaExtension.class)
class ShareTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    private static String url(Kafka kafka) {
        return "kafka://" + kafka.bootstrap() + "?consume=share";
    }

    private static String name() {
        return "share-" + UUID.randomUUID();
    }

    @Test
    void everythingIsHandledOnce(Kafka kafka) {
        ConcurrentMap<String, Integer> handled = new ConcurrentHashMap<>();
        try (QueueClient client = QueueClient.connect(url(kafka))) {
            MessageQueue<String> queue = client.queue(name(), String.class);
            for (int i = 0; i < 2_000; i++) {
                var unused = queue.sendAsync("m" + i);
            }
            queue.consumer().concurrency(8).start((text, context) -> handled.merge(text, 1, Integer::sum));
            await().atMost(SOON).until(() -> handled.size() == 2_000);
        }
        assertThat(handled.values()).containsOnly(1);
    }

    /** Their members fetch once more behind their backs, and the brokers give up what was given back ten times. */
    @Test
    void manyPausedConsumersLoseNothing(Kafka kafka) {
        Set<String> handled = ConcurrentHashMap.newKeySet();
        List<QueueClient> clients =
                Stream.generate(() -> QueueClient.connect(url(kafka))).limit(7).toList();
        try {
            String name = name();
            List<MessageConsumer> consumers = clients.stream()
                    .map(client -> client.queue(name, String.class).consume((text, context) -> handled.add(text)))
                    .toList();
            MessageQueue<String> queue = clients.get(0).queue(name, String.class);
            queue.send("first");
            await().atMost(SOON).until(() -> handled.contains("first"));
            consumers.forEach(MessageConsumer::pause);
            queue.send("second");
            await().during(Duration.ofSeconds(4)).atMost(SOON).until(() -> !handled.contains("second"));
            consumers.get(0).resume();
            await().atMost(SOON).until(() -> handled.contains("second"));
        } finally {
            clients.forEach(QueueClient::close);
        }
    }

    /** The lock is renewed as long as the handler runs, so nobody else gets the message. */
    @Test
    void aHandlerMayTakeLongerThanTheLock(Kafka kafka) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        ConcurrentMap<String, Boolean> others = new ConcurrentHashMap<>();
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (QueueClient client = QueueClient.connect(url(kafka) + "&lock-duration=PT6S");
                QueueClient second = QueueClient.connect(url(kafka) + "&lock-duration=PT6S")) {
            String name = name();
            for (QueueClient each : List.of(client, second)) {
                each.queue(name, String.class).consumer().concurrency(2).start((text, context) -> {
                    if (!text.equals("slow")) {
                        others.put(text, true);
                        return;
                    }
                    runs.incrementAndGet();
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(15));
                    assertThat(mayEnd.await(60, TimeUnit.SECONDS)).isTrue();
                    done.countDown();
                });
            }
            MessageQueue<String> queue = client.queue(name, String.class);
            queue.send("slow");
            await().atMost(SOON).until(() -> runs.get() == 1);
            for (int i = 0; i < 50; i++) {
                queue.send("m" + i);
            }
            await().atMost(SOON).until(() -> others.size() == 50);
            mayEnd.countDown();
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            queue.send("last");
            await().atMost(SOON).until(() -> others.containsKey("last"));
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void nothingIsLostWhenTheBrokerIsKilledWithAcknowledgementsUnderWay(@Own Kafka kafka) {
        ConcurrentMap<String, Integer> handled = new ConcurrentHashMap<>();
        int count = 3_000;
        try (QueueClient client = QueueClient.connect(url(kafka))) {
            MessageQueue<String> queue = client.queue(name(), String.class);
            List<CompletableFuture<?>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(queue.sendAsync("m" + i).toCompletableFuture());
            }
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
            queue.consumer().concurrency(8).start((text, context) -> {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
                handled.merge(text, 1, Integer::sum);
            });
            for (int kill = 1; kill <= 2; kill++) {
                int some = kill * count / 4;
                await().atMost(SOON).until(() -> handled.size() >= some);
                kafka.kill();
                kafka.start();
            }
            await().atMost(Duration.ofMinutes(2)).until(() -> handled.size() == count);
        }
        long again = handled.values().stream().filter(times -> times > 1).count();
        assertThat(again).as("what came twice").isLessThan(count / 2);
    }

    /** The broker gives up silently what was locked so often; before that it goes on as a copy. */
    @Test
    void nothingIsGivenUpThatWasDeliveredTooOften(Kafka kafka) throws Exception {
        String name = name();
        try (QueueClient client = QueueClient.connect(url(kafka))) {
            MessageQueue<String> queue = client.queue(name, String.class);
            queue.send("often");
            releaseNatively(kafka, name, 9);
            CountDownLatch blocked = new CountDownLatch(1);
            AtomicInteger deliveries = new AtomicInteger();
            MessageConsumer first = queue.consumer().start((text, context) -> {
                deliveries.set(context.deliveries());
                blocked.countDown();
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(20));
                throw new IllegalStateException("stopped before");
            });
            assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(deliveries).as("the copy knows what was before").hasValueGreaterThanOrEqualTo(10);
            var unused = first.stop(Duration.ZERO);
        }
        try (QueueClient other = QueueClient.connect(url(kafka))) {
            CountDownLatch handled = new CountDownLatch(1);
            other.queue(name, String.class).consumer().start((text, context) -> handled.countDown());
            assertThat(handled.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void releaseNatively(Kafka kafka, String group, int times) {
        try (KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrap(),
                        "group.id",
                        group,
                        "share.acknowledgement.mode",
                        "explicit"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(group));
            AtomicInteger released = new AtomicInteger();
            await().atMost(SOON).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    consumer.acknowledge(record, AcknowledgeType.RELEASE);
                    released.incrementAndGet();
                });
                consumer.commitSync();
                return released.get() == times;
            });
        }
    }

    /** Retries keep their attempts, and delays are kept. */
    @Test
    void whatFailsComesAgainLater(Kafka kafka) {
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        try (QueueClient client = QueueClient.connect(url(kafka))) {
            MessageQueue<String> queue = client.queue(name(), String.class);
            queue.consumer().start((text, context) -> {
                attempts.add(context.attempt());
                if (attempts.size() < 3) {
                    throw new IllegalStateException("not yet");
                }
            });
            queue.send("again");
            await().atMost(SOON).until(() -> attempts.size() >= 3);
        }
        assertThat(attempts).containsExactly(1, 2, 3);
    }

    /** What is due goes on as a copy, and a consumer may stop between that and the end of the original. */
    @Test
    void whatIsDueWhileItsConsumerStopsComesOnce(Kafka kafka) {
        ConcurrentMap<String, Integer> handled = new ConcurrentHashMap<>();
        int count = 5_000;
        // Copies are on their way for so long that each stop finds some.
        try (QueueClient client =
                QueueClient.connect(ClientOptions.of(url(kafka)).set("anyqueue.native.producer.linger.ms", "300"))) {
            MessageQueue<String> queue = client.queue(name(), String.class);
            Instant first = Instant.now().plusSeconds(3);
            queue.sendAll(IntStream.range(0, count)
                    .mapToObj(i -> Outgoing.of("m" + i).deliverAt(first.plusMillis(2L * i)))
                    .toList());
            while (handled.size() < count) {
                int before = handled.size();
                MessageConsumer consumer =
                        queue.consumer().concurrency(8).start((text, context) -> handled.merge(text, 1, Integer::sum));
                await().atMost(SOON).until(() -> handled.size() > before);
                assertThat(consumer.stop(SOON)).isTrue();
            }
        }
        assertThat(handled.values()).containsOnly(1);
    }

    @Test
    void aQueueThatIsConsumedByAGroupKeepsIt(Kafka kafka) throws Exception {
        String name = name();
        CountDownLatch handled = new CountDownLatch(1);
        try (QueueClient groups = QueueClient.connect("kafka://" + kafka.bootstrap())) {
            MessageQueue<String> queue = groups.queue(name, String.class);
            queue.consumer().start((text, context) -> handled.countDown());
            queue.send("one");
            assertThat(handled.await(60, TimeUnit.SECONDS)).isTrue();
            try (QueueClient shared = QueueClient.connect(url(kafka))) {
                assertThatThrownBy(() -> shared.queue(name, String.class).send("two"))
                        .isInstanceOfSatisfying(
                                QueueException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                        .hasMessageContaining("consume=groups");
            }
        }
    }
}

package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.kafka.KafkaExtension;
import io.anyqueue.testbrokers.kafka.ProxiedKafka;
import io.anyqueue.testbrokers.proxy.Direction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consumers that come and go, and slow ones, by both protocols of groups. */
@Timeout(300)
@ExtendWith(KafkaExtension.class)
class GroupTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    private static String url(Kafka kafka, String protocol, String more) {
        return "kafka://" + kafka.bootstrap() + "?group.protocol=" + protocol
                + (protocol.equals("classic") ? "&session-timeout=PT30S" : "") + more;
    }

    private static String name() {
        return "group-" + UUID.randomUUID();
    }

    /** Join and leave every two seconds, while messages flow: nothing is lost, and nothing that was acknowledged comes again. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void nothingIsLostOrDoubledWhileConsumersComeAndGo(String protocol, Kafka kafka) throws Exception {
        ConcurrentMap<String, Integer> handled = new ConcurrentHashMap<>();
        int rounds = 5;
        int each = 400;
        try (QueueClient client = QueueClient.connect(url(kafka, protocol, ""));
                QueueClient guests = QueueClient.connect(url(kafka, protocol, ""))) {
            String name = name();
            MessageQueue<String> queue = client.queue(name, String.class);
            queue.consumer().concurrency(4).start((text, context) -> {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                handled.merge(text, 1, Integer::sum);
            });
            MessageQueue<String> same = guests.queue(name, String.class);
            for (int round = 0; round < rounds; round++) {
                MessageConsumer guest = same.consumer().concurrency(4).start((text, context) -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                    handled.merge(text, 1, Integer::sum);
                });
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
                for (int i = 0; i < each; i++) {
                    var unused = queue.sendAsync(round + "-" + i);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(4));
                }
                await().atMost(SOON).until(() -> System.nanoTime() - until > 0);
                assertThat(guest.stop(Duration.ofSeconds(20))).isTrue();
            }
            await().atMost(SOON).until(() -> handled.size() == rounds * each);
            assertThat(handled.values()).as("how often each was handled").containsOnly(1);
        }
    }

    /** What was sent to a new partition before anybody read it is not skipped. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void partitionsMayBeAddedWhileMessagesFlow(String protocol, Kafka kafka) throws Exception {
        ConcurrentMap<String, Integer> handled = new ConcurrentHashMap<>();
        String name = name();
        int messages = 2_000;
        try (QueueClient client = QueueClient.connect(url(kafka, protocol, "&metadata.max.age.ms=1000"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            MessageQueue<String> queue = client.queue(name, String.class);
            queue.consumer().concurrency(4).start((text, context) -> handled.merge(text, 1, Integer::sum));
            for (int i = 0; i < messages; i++) {
                if (i == messages / 4) {
                    admin.createPartitions(Map.of(name, NewPartitions.increaseTo(12)))
                            .all()
                            .get();
                }
                // Large ones, so that each partition has its turn.
                var unused = queue.sendAsync(i + " " + "x".repeat(1_000));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            }
            await().atMost(SOON).until(() -> handled.size() == messages);
            assertThat(handled.values()).as("how often each was handled").containsOnly(1);
            assertThat(ends(admin, name, 4)).as("what is in the new partitions").anyMatch(end -> end > 0);
        }
    }

    /** The ends of its partitions from the given one on. */
    private static List<Long> ends(Admin admin, String topic, int first) throws Exception {
        int partitions = admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
        Map<TopicPartition, OffsetSpec> asked = IntStream.range(first, partitions)
                .mapToObj(i -> new TopicPartition(topic, i))
                .collect(Collectors.toMap(each -> each, each -> OffsetSpec.latest()));
        return admin.listOffsets(asked).all().get().values().stream()
                .map(ListOffsetsResult.ListOffsetsResultInfo::offset)
                .toList();
    }

    /** A queue has a topic of delayed messages beside its own: who joins is to have half of each, not all of one. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void whoJoinsHasItsShareOfEachTopic(String protocol, Kafka kafka) {
        try (QueueClient client = QueueClient.connect(url(kafka, protocol, ""));
                QueueClient second = QueueClient.connect(url(kafka, protocol, ""));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            List<String> names = Stream.generate(GroupTest::name).limit(4).toList();
            names.forEach(name -> client.queue(name, String.class).consume((text, context) -> {}));
            await().ignoreExceptions()
                    .atMost(SOON)
                    .until(
                            () -> shares(admin, names),
                            everyone -> everyone.values().stream()
                                    .allMatch(shares -> shares.equals(List.of(List.of(4L, 8L)))));
            names.forEach(name -> second.queue(name, String.class).consume((text, context) -> {}));
            List<Long> half = List.of(2L, 4L);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(shares(admin, names))
                            .allSatisfy((name, shares) -> assertThat(shares).containsExactly(half, half)));
        }
    }

    /** {@return how many partitions each member of a group has, of the queue's topic and of the delayed one} */
    private static Map<String, List<List<Long>>> shares(Admin admin, List<String> groups) throws Exception {
        Map<String, List<List<Long>>> shares = new ConcurrentHashMap<>();
        admin.describeConsumerGroups(groups)
                .all()
                .get()
                .forEach((name, group) -> shares.put(
                        name,
                        group.members().stream()
                                .map(member -> member.assignment().topicPartitions())
                                .map(all -> Stream.of(name, name + "--delayed")
                                        .map(topic -> all.stream()
                                                .filter(partition ->
                                                        partition.topic().equals(topic))
                                                .count())
                                        .toList())
                                .toList()));
        return shares;
    }

    /** The thread that polls runs no handlers, so the group does not take a slow consumer for a dead one. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void aHandlerMayTakeLongerThanThePollInterval(String protocol, Kafka kafka) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        String settings = "&consumer.max.poll.interval.ms=5000";
        try (QueueClient client = QueueClient.connect(url(kafka, protocol, settings))) {
            MessageQueue<String> queue = client.queue(name(), String.class);
            queue.consumer().start((text, context) -> {
                runs.incrementAndGet();
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(12));
                done.countDown();
            });
            queue.send("slow");
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            queue.send("next");
            await().atMost(SOON).until(() -> runs.get() == 2);
        }
        assertThat(runs).hasValue(2);
    }

    /** Nobody else could hand it out: the partition is this consumer's. */
    @Test
    void aRetryThatCannotBeStoredComesFromMemory(Kafka kafka) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        String name = name();
        try (QueueClient client = QueueClient.connect(url(kafka, "classic", ""));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            MessageQueue<String> queue = client.queue(name, String.class);
            ConfigResource delayed = new ConfigResource(ConfigResource.Type.TOPIC, name + "--delayed");
            AlterConfigOp tiny =
                    new AlterConfigOp(new ConfigEntry("max.message.bytes", "10"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(delayed, List.of(tiny))).all().get();
            queue.consumer().retry(RetryPolicy.delays(Duration.ofMillis(500))).start((text, context) -> {
                if (runs.incrementAndGet() == 1) {
                    throw new IllegalStateException("the first time");
                }
            });
            queue.send("bad");
            await().atMost(SOON).until(() -> runs.get() == 2);
            assertThat(ends(admin, name + "--delayed", 0))
                    .as("what was stored for later")
                    .containsOnly(0L);
        }
        assertThat(runs).hasValue(2);
    }

    /** What was given back while the partition moves is the next owner's. */
    @Test
    void whatWaitsIsHandledOnceWhileAPartitionMovesAwayFromASlowHandler(Kafka kafka) {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        AtomicInteger most = new AtomicInteger();
        String name = name();
        QueueSpec<String> spec = QueueSpec.of(name, String.class).orderedBy(text -> text);
        try (QueueClient client = QueueClient.connect(url(kafka, "classic", "&drain-timeout=PT3S"));
                QueueClient other = QueueClient.connect(url(kafka, "classic", "&drain-timeout=PT3S"))) {
            MessageQueue<String> queue = client.queue(spec);
            List<String> texts = IntStream.range(0, 300).mapToObj(i -> "m" + i).toList();
            CountDownLatch begun = new CountDownLatch(1);
            queue.consumer().concurrency(1).start((text, context) -> {
                most.accumulateAndGet(context.deliveries(), Math::max);
                begun.countDown();
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(begun.getCount() == 0 && handled.isEmpty() ? 8 : 0));
                handled.add(text);
            });
            queue.sendAll(texts.stream().map(Outgoing::of).toList());
            await().atMost(SOON).until(() -> begun.getCount() == 0);
            other.queue(spec).consumer().concurrency(1).start((text, context) -> {
                most.accumulateAndGet(context.deliveries(), Math::max);
                handled.add(text);
            });
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsAll(texts));
        }
        // But for the one that ran when its partition was taken away.
        assertThat(handled.size()).isBetween(300, 301);
        assertThat(most.get()).as("how often one was handed out").isLessThanOrEqualTo(3);
    }

    /** What foreign programs write by mistake stops nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void poisonStopsNothing(String protocol, Kafka kafka) throws Exception {
        ConcurrentMap<String, Boolean> handled = new ConcurrentHashMap<>();
        // One partition, so that what is fine is behind what is not.
        try (QueueClient client = QueueClient.connect(url(kafka, protocol, "&partitions=1"))) {
            String name = name();
            MessageQueue<String> queue = client.queue(name, String.class);
            queue.consumer().start((text, context) -> handled.put(text, true));
            NativeWrites foreign = new NativeWrites(kafka.bootstrap());
            io.anyqueue.spi.Endpoint target = io.anyqueue.spi.Endpoint.queue(name);
            foreign.write(target, Map.of("q-time", "never", "q-id", "", "q-attempts", "-5"), new byte[0]);
            foreign.write(target, Map.of("anyqueue-counters", "x,y", "anyqueue-due", "z"), new byte[] {(byte) 0xff, 0});
            foreign.writeNull(target);
            queue.send("fine");
            await().atMost(SOON).until(() -> handled.containsKey("fine"));
        }
    }

    /** One of two has the only partition; what the other one has to do is to be there. */
    @Test
    void afterAnOutageEachIsWellAlsoWithoutAPartition(Kafka kafka) throws Exception {
        String name = name();
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        try (ProxiedKafka proxied = kafka.proxied();
                QueueClient first = QueueClient.connect(patient(proxied));
                QueueClient second = QueueClient.connect(patient(proxied));
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            List<MessageQueue<String>> queues = Stream.of(first, second)
                    .map(each -> each.queue(name, String.class))
                    .toList();
            admin.deleteTopics(List.of(name + "--delayed")).all().get();
            queues.forEach(each -> each.consume(handled::add));
            queues.get(0).send("before");
            await().atMost(SOON).until(() -> handled.size() == 1 && members(admin, name) == 2);
            proxied.proxy().hole(Direction.BOTH);
            for (QueueClient each : List.of(first, second)) {
                await().atMost(SOON).until(() -> each.health().status() != Health.Status.UP);
            }
            proxied.proxy().cut();
            proxied.proxy().pass();
            for (QueueClient each : List.of(first, second)) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(each.health()).isEqualTo(Health.UP));
            }
            queues.get(0).send("after");
            await().atMost(SOON).until(() -> handled.size() == 2);
        }
    }

    private static int members(Admin admin, String group) throws Exception {
        return admin.describeConsumerGroups(List.of(group))
                .all()
                .get()
                .get(group)
                .members()
                .size();
    }

    private static String patient(ProxiedKafka proxied) {
        return "kafka://" + proxied.bootstrap() + "?partitions=1&group.protocol=classic&session-timeout=PT30S";
    }
}

package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A log that loses its end, as by a broker that lost power, or by an election among replicas that are behind: what is left of it and was not
 * settled is handled, and so is what comes in the place of what is gone (rules SET-1, RET-1).
 */
@Timeout(300)
class TruncatedLogTest {
    private static final Kafka KAFKA = Kafka.own();
    private static final Duration SOON = Duration.ofMinutes(1);

    private final String name = "truncated-" + UUID.randomUUID();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Queue<String> begun = new ConcurrentLinkedQueue<>();
    private final CountDownLatch stuck = new CountDownLatch(1);

    @AfterAll
    static void close() {
        KAFKA.close();
    }

    @AfterEach
    void release() {
        stuck.countDown();
    }

    @Test
    void whileItIsConsumed() throws Exception {
        try (QueueClient client = connect()) {
            MessageQueue<String> queue = client.queue(name, String.class);
            var unused = consume(queue);
            beginOld(queue);
            truncate();
            // Not as many as are gone: who goes on where it was would not see them.
            send(queue, "new", 5);
            await().atMost(SOON).untilAsserted(() -> assertThat(begun).containsAll(numbered("new", 5)));
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(begun.stream().filter("old0"::equals)).hasSizeGreaterThan(1));
            assertThat(lost()).isPositive();
            stuck.countDown();
        }
    }

    @Test
    void whileNobodyConsumes() throws Exception {
        try (QueueClient client = connect()) {
            MessageQueue<String> queue = client.queue(name, String.class);
            MessageConsumer consumer = consume(queue);
            beginOld(queue);
            // The one that is stuck is given up.
            assertThat(consumer.stop(Duration.ofSeconds(2))).isFalse();
        }
        truncate();
        stuck.countDown();
        begun.clear();
        try (QueueClient client = connect()) {
            MessageQueue<String> queue = client.queue(name, String.class);
            var unused = consume(queue);
            await().atMost(SOON).untilAsserted(() -> assertThat(lost()).isPositive());
            send(queue, "new", 60);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(begun).contains("old0").containsAll(numbered("new", 60)));
        }
    }

    /** Whoever is next goes by what was committed, and by then others may have written beyond the old end. */
    @Test
    void itsNewEndIsCommitted() throws Exception {
        try (QueueClient client = connect()) {
            MessageQueue<String> queue = client.queue(name, String.class);
            MessageConsumer consumer = exactlyOnce(queue);
            beginOld(queue);
            truncate();
            await().atMost(SOON).untilAsserted(() -> assertThat(lost()).isPositive());
            assertThat(consumer.stop(Duration.ofSeconds(20))).isTrue();
            send(queue, "new", 60);
            var unused = exactlyOnce(queue);
            await().atMost(SOON).untilAsserted(() -> assertThat(begun).containsAll(numbered("new", 60)));
        }
    }

    private MessageConsumer exactlyOnce(MessageQueue<String> queue) {
        return queue.consumer().exactlyOnce().start((text, context) -> begun.add(text));
    }

    private QueueClient connect() {
        return QueueClient.connect(ClientOptions.of(
                        "kafka://" + KAFKA.bootstrap() + "?session-timeout=PT30S&partitions=1&drain-timeout=PT1S")
                .use(meters));
    }

    /** The first one takes as long as the test. */
    private MessageConsumer consume(MessageQueue<String> queue) {
        return queue.consumer().concurrency(4).start((text, context) -> {
            begun.add(text);
            if (text.equals("old0")) {
                stuck.await();
            }
        });
    }

    private void beginOld(MessageQueue<String> queue) {
        send(queue, "old", 40);
        await().atMost(SOON).untilAsserted(() -> assertThat(begun).hasSize(40));
    }

    private static void send(MessageQueue<String> queue, String prefix, int count) {
        numbered(prefix, count).forEach(queue::send);
    }

    private static List<String> numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private double lost() {
        return meters.find("q.trouble").tag("kind", "lost-message").functionCounters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    /** Cuts off the second half of the log. */
    private void truncate() throws Exception {
        Path directory = directory();
        KAFKA.kill();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".log")).toList()) {
                cut(file);
            }
        }
        KAFKA.start();
    }

    private Path directory() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrap()))) {
            String logs = admin.describeLogDirs(Set.of(1)).allDescriptions().get().values().stream()
                    .flatMap(each -> each.keySet().stream())
                    .findFirst()
                    .orElseThrow();
            return Path.of(logs, name + "-0");
        }
    }

    private static void cut(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var unused = channel.truncate(channel.size() / 2);
        }
    }
}

package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Health;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The shards of an ordered queue go to whoever consumes, about evenly, and nothing is overtaken on the way (rule ORD-1). */
@ExtendWith(RabbitMqExtension.class)
class SpreadTest {
    private static final int SHARDS = 16;
    private static final List<String> KEYS =
            IntStream.range(0, 120).mapToObj(i -> "k" + i).toList();

    private final Live live;
    private final QueueSpec<String> spec =
            QueueSpec.of(Live.name("spread"), String.class).orderedBy(KeyJournal::key);
    private final KeyJournal journal = new KeyJournal();
    private final AtomicBoolean ended = new AtomicBoolean();

    SpreadTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
    }

    @AfterEach
    void close() throws Exception {
        ended.set(true);
        live.close();
    }

    @Test
    void spreadsShardsAsConsumersComeAndGo() throws Exception {
        QueueClient first = consume("first");
        CompletableFuture<Integer> traffic = CompletableFuture.supplyAsync(this::send);
        eventually(() -> assertThat(shards()).containsExactly(SHARDS));

        QueueClient second = consume("second");
        eventually(() -> assertThat(first.health().notes()).anyMatch(note -> note.contains("fair share")));
        assertThat(first.health().status()).isEqualTo(Health.Status.DEGRADED);
        eventually(() -> assertThat(shards()).containsExactly(8, 8));

        consume("third");
        eventually(() -> assertThat(shards())
                .hasSize(3)
                .allSatisfy(held -> assertThat(held).isBetween(4, 6)));
        eventually(() -> assertThat(first.health()).isEqualTo(Health.UP));

        second.close();
        eventually(() -> assertThat(shards()).containsExactly(8, 8));

        ended.set(true);
        int rounds = traffic.get(30, TimeUnit.SECONDS);
        eventually(() -> assertThat(KEYS)
                .allSatisfy(key -> assertThat(journal.last(key)).as(key).isEqualTo(rounds)));
        assertThat(journal.faults()).isEmpty();
        assertThat(journal.repeated())
                .as("a shard is handed over when what runs has ended")
                .isZero();
    }

    private QueueClient consume(String consumer) {
        QueueClient client = live.client();
        client.queue(spec)
                .consumer()
                .concurrency(8)
                .start((String message) -> journal.handle(consumer, message, SpreadTest::work));
        return client;
    }

    /** Takes long enough for a shard to be given up meanwhile. */
    private static void work() {
        LockSupport.parkNanos(1_000_000);
    }

    /** {@return how many messages of each key were sent} */
    private int send() {
        MessageQueue<String> queue = live.client().queue(spec);
        int round = 0;
        while (!ended.get()) {
            round++;
            List<CompletableFuture<String>> sent = new ArrayList<>();
            for (String key : KEYS) {
                sent.add(queue.sendAsync(key + "/" + round));
            }
            sent.forEach(CompletableFuture::join);
        }
        return round;
    }

    /** {@return how many shards each consumer is the active one of, the fewest first} */
    private List<Integer> shards() {
        Map<String, Long> active = live.list("consumers", "queue_name", "consumer_tag", "active").stream()
                .filter(row -> isShard(row.get(0)) && row.get(2).equals("true"))
                .collect(Collectors.groupingBy(
                        row -> row.get(1)
                                .substring(
                                        0,
                                        row.get(1).lastIndexOf('-', row.get(1).lastIndexOf('-') - 1)),
                        Collectors.counting()));
        return active.values().stream().map(Long::intValue).sorted().toList();
    }

    private boolean isShard(String queue) {
        return queue.startsWith(spec.name()) && !queue.equals(spec.name() + "--of." + SHARDS);
    }
}

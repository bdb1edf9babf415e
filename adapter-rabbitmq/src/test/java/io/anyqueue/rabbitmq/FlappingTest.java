package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Health;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A network that breaks again and again: nothing is lost, nothing piles up, and nobody hammers the server (rule LIF-3). */
@ExtendWith(RabbitMqExtension.class)
class FlappingTest {
    private static final int CUTS = 20;

    private final Live live;
    private final TcpProxy proxy;
    private final String name = Live.name("flapping");
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<String> handled = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ended = new AtomicBoolean();

    FlappingTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
        this.proxy = live.with(TcpProxy.to(rabbit.host(), rabbit.port()));
    }

    @AfterEach
    void close() throws Exception {
        ended.set(true);
        live.close();
    }

    @Test
    void outlivesManyCuts() throws Exception {
        QueueClient client = live.client(Live.url(live.rabbit().uri(proxy.port())), Map.of());
        MessageQueue<String> queue = client.queue(name, String.class);
        queue.consumer().concurrency(4).start((String payload) -> {
            handled.add(payload);
        });
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(queue));
        eventually(() -> assertThat(handled).hasSizeGreaterThan(100));
        long threads = threads();

        CountDownLatch cuts = new CountDownLatch(CUTS);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        live.with(timer::shutdownNow);
        var unused = timer.scheduleAtFixedRate(
                () -> {
                    proxy.cut();
                    cuts.countDown();
                },
                0,
                250,
                TimeUnit.MILLISECONDS);
        assertThat(cuts.await(30, TimeUnit.SECONDS)).isTrue();
        timer.shutdownNow();
        Live.until(() -> client.health().equals(Health.UP));
        ended.set(true);
        sending.get(60, TimeUnit.SECONDS);

        eventually(() -> assertThat(handled).containsAll(confirmed));
        eventually(() ->
                assertThat(live.list("queues", "name", "messages", "consumers")).contains(List.of(name, "0", "1")));
        assertThat(proxy.clientPorts()).hasSize(2);
        assertThat(channels()).hasSizeLessThanOrEqualTo(3);
        eventually(() -> assertThat(threads()).isLessThanOrEqualTo(threads));
    }

    /** A server, or what stands before it, may accept each connection only to drop it at once. */
    @Test
    void doesNotHammerAServerThatDropsEachConnection() throws Exception {
        QueueClient client = live.client(Live.url(live.rabbit().uri(proxy.port())), Map.of());
        client.queue(name, String.class).consume((String payload) -> {
            handled.add(payload);
        });
        Live.until(() -> client.health().equals(Health.UP));
        int drops = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
        while (System.nanoTime() < end) {
            if (!proxy.clientPorts().isEmpty() && client.health().equals(Health.UP)) {
                proxy.cut();
                drops++;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        // With pauses of 0.05 to 0.1 s each it would be a hundred.
        assertThat(drops).isLessThan(15);
    }

    private void send(MessageQueue<String> queue) {
        for (int i = 0; !ended.get(); i++) {
            String payload = "m" + i;
            queue.send(payload);
            confirmed.add(payload);
        }
    }

    private List<List<String>> channels() {
        return live.list("channels", "pid", "name").stream()
                .filter(row ->
                        proxy.clientPorts().stream().anyMatch(port -> row.get(1).contains(":" + port + " ")))
                .toList();
    }

    /** {@return how many threads there are of the client library and of the adapter} */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("AMQP")
                        || thread.getName().startsWith("anyqueue-rabbitmq")
                        || thread.getName().contains("rabbitmq-heartbeat"))
                .count();
    }
}

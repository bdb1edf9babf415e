package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Health;
import io.anyqueue.Message;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server short of memory takes no messages: senders wait or fail, consumers go on (rules SND-6, BKP-1, LIF-4). */
@ExtendWith(RabbitMqExtension.class)
class MemoryAlarmTest {
    private final Live live;
    private final String name = Live.name("alarm");
    private final Set<String> handled = ConcurrentHashMap.newKeySet();

    MemoryAlarmTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
    }

    @AfterEach
    void close() throws Exception {
        alarm(false);
        live.close();
    }

    private void alarm(boolean on) {
        live.rabbit().ctl("set_vm_memory_high_watermark", on ? "0.0001" : "0.4");
    }

    @Test
    void holdsSendersUpAndNothingElse() throws Exception {
        QueueClient client = live.client();
        MessageQueue<String> queue = client.queue(name, String.class);
        CountDownLatch gate = new CountDownLatch(1);
        queue.consumer().concurrency(2).start((String payload) -> {
            gate.await();
            handled.add(payload);
        });
        for (int i = 0; i < 50; i++) {
            queue.send("before-" + i);
        }

        alarm(true);
        List<CompletableFuture<String>> held = new ArrayList<>();
        held.add(queue.sendAsync("held-0"));
        eventually(() -> assertThat(client.health().notes()).anyMatch(note -> note.contains("accepts no messages")));
        assertThat(client.health().status()).isEqualTo(Health.Status.DEGRADED);
        for (int i = 1; i < 20; i++) {
            held.add(queue.sendAsync("held-" + i));
        }

        gate.countDown();
        eventually(() -> assertThat(handled).hasSize(50));
        eventually(() -> assertThat(live.list("queues", "name", "messages")).contains(List.of(name, "0")));
        assertThat(held).noneMatch(CompletableFuture::isDone);

        alarm(false);
        for (CompletableFuture<String> each : held) {
            each.get(Live.SOON.toSeconds(), TimeUnit.SECONDS);
        }
        eventually(() -> assertThat(handled).hasSize(70));
        eventually(() -> assertThat(client.health()).isEqualTo(Health.UP));
    }

    @Test
    void failsWhatWaitsTooLong() throws Exception {
        LiveBroker broker = live.broker(live.url() + "&confirm-timeout=PT2S");
        Spec spec = Spec.of(Endpoint.queue(name));
        broker.declare(spec);
        Sender sender = broker.spi().sender(spec);
        assertThat(LiveBroker.send(sender, message("before")).get(30, TimeUnit.SECONDS))
                .isEqualTo("confirmed");

        alarm(true);
        CompletableFuture<String> written = LiveBroker.send(sender, message("written"));
        eventually(() -> assertThat(broker.spi().health().status()).isEqualTo(Health.Status.DEGRADED));
        CompletableFuture<String> waiting = LiveBroker.send(sender, message("waiting"));
        assertThat(written.get(30, TimeUnit.SECONDS)).isEqualTo("unknown TIMEOUT");
        CompletableFuture<String> later = LiveBroker.send(sender, message("later"));
        assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo("rejected UNAVAILABLE");
        assertThat(later).as("it has time left, of its own").isNotDone();
        assertThat(later.get(30, TimeUnit.SECONDS)).isEqualTo("rejected UNAVAILABLE");

        alarm(false);
        eventually(() -> assertThat(broker.spi().health()).isEqualTo(Health.UP));
        assertThat(LiveBroker.send(sender, message("after")).get(30, TimeUnit.SECONDS))
                .isEqualTo("confirmed");
        // What was called rejected is certainly not there: before, written, after.
        eventually(() -> assertThat(live.list("queues", "name", "messages")).contains(List.of(name, "3")));
    }

    private static Message message(String id) {
        return Message.builder(id).headers(Map.of()).body(new byte[10]).build();
    }
}

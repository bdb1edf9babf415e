package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Spec;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;

/** What was acknowledged before a receiver is closed does not come back, also when that is much at once (rule SET-1). */
@ExtendWith(RabbitMqExtension.class)
class ClosingTest {
    private static final int MESSAGES = 1_000;

    private final Live live;
    private final Spec spec = Spec.of(Endpoint.queue(Live.name("closing")));

    ClosingTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
    }

    @AfterEach
    void close() throws Exception {
        live.close();
    }

    @RepeatedTest(3)
    void whatWasAcknowledgedDoesNotComeBack() throws Exception {
        LiveBroker broker = live.broker();
        broker.declare(spec);
        fill(broker);
        Receiver receiver = broker.receive(spec, new LiveListener());
        receiver.window(MESSAGES, 16 << 20);
        List<Delivery> polled = new ArrayList<>();
        Live.until(() -> receiver.poll(MESSAGES, 16 << 20, polled::add) >= 0 && polled.size() == MESSAGES);
        receiver.window(0, 0);
        eventually(() -> assertThat(live.list("consumers", "queue_name"))
                .doesNotContain(List.of(spec.endpoint().name())));
        // As the oldest is not among them, each takes a frame of its own.
        Results results = new Results();
        receiver.ack(polled.subList(1, MESSAGES), results);
        results.await(MESSAGES - 1);
        receiver.ack(polled.subList(0, 1), results);
        receiver.close(Duration.ofSeconds(10)).toCompletableFuture().get(20, TimeUnit.SECONDS);
        eventually(() -> assertThat(live.list("queues", "name", "messages"))
                .contains(List.of(spec.endpoint().name(), "0")));
    }

    private void fill(LiveBroker broker) throws Exception {
        var sender = broker.spi().sender(spec);
        List<CompletableFuture<String>> sent = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            Message message = Message.builder("m" + i)
                    .headers(Map.of())
                    .body(new byte[100])
                    .build();
            sent.add(LiveBroker.send(sender, message));
        }
        for (CompletableFuture<String> each : sent) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("confirmed");
        }
    }

    private static final class Results implements Receiver.Results {
        private final AtomicInteger done = new AtomicInteger();

        void await(int count) {
            long until = System.nanoTime() + Live.SOON.toNanos();
            while (done.get() < count) {
                assertThat(System.nanoTime() - until).as("time left").isNegative();
                Thread.onSpinWait();
            }
        }

        @Override
        public void done(Delivery delivery) {
            done.incrementAndGet();
        }

        @Override
        public void stale(Delivery delivery) {}

        @Override
        public void unknown(Delivery delivery, QueueException why) {}
    }
}

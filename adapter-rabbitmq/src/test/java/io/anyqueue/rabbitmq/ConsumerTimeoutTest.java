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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The server ends a channel on which a message is handled for too long (rules RCV-4, SET-2). */
@ExtendWith(RabbitMqExtension.class)
class ConsumerTimeoutTest {
    private final Live live;
    private final String name = Live.name("slow");

    ConsumerTimeoutTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
    }

    @BeforeEach
    void shorten() {
        limits(3_000, 500);
    }

    @AfterEach
    void close() throws Exception {
        live.close();
        limits(1_800_000, 60_000);
    }

    private void limits(int consumerMillis, int tickMillis) {
        live.rabbit()
                .ctl(
                        "eval",
                        "application:set_env(rabbit, consumer_timeout, " + consumerMillis
                                + "), application:set_env(rabbit, channel_tick_interval, " + tickMillis + ").");
    }

    @Test
    void interruptsAHandlerThatTakesTooLongAndGoesOn() throws Exception {
        var queue = live.client().queue(name, String.class);
        AtomicBoolean interrupted = new AtomicBoolean();
        List<String> handled = new CopyOnWriteArrayList<>();
        AtomicBoolean first = new AtomicBoolean(true);
        queue.consumer().concurrency(1).start((String payload) -> {
            if (payload.equals("slow") && first.getAndSet(false)) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                    throw e;
                }
            }
            handled.add(payload);
        });
        queue.send("slow");
        queue.send("behind");
        eventually(() -> assertThat(handled).contains("slow", "behind"));
        assertThat(interrupted).isTrue();
        queue.send("after");
        eventually(() -> assertThat(handled).contains("after"));
        eventually(() -> assertThat(live.list("queues", "name", "messages")).contains(List.of(name, "0")));
    }

    @Test
    void makesAllReceiptsOfTheChannelStale() throws Exception {
        LiveBroker broker = live.broker();
        Spec spec = Spec.of(Endpoint.queue(name));
        broker.declare(spec);
        for (String id : List.of("one", "two")) {
            Message message =
                    Message.builder(id).headers(Map.of()).body(new byte[1]).build();
            assertThat(LiveBroker.send(broker.spi().sender(spec), message).get(30, TimeUnit.SECONDS))
                    .isEqualTo("confirmed");
        }
        LiveListener listener = new LiveListener();
        Receiver receiver = broker.receive(spec, listener);
        receiver.window(10, 1 << 20);
        List<Delivery> early = new CopyOnWriteArrayList<>();
        Live.until(() -> receiver.poll(10, 1 << 20, early::add) >= 0 && early.size() == 2);

        eventually(() -> assertThat(listener.lost()).hasSize(1));
        assertThat(settled(receiver, early)).containsExactly("stale one", "stale two");

        List<Delivery> again = new CopyOnWriteArrayList<>();
        Live.until(() -> receiver.poll(10, 1 << 20, again::add) >= 0 && again.size() == 2);
        assertThat(again)
                .allSatisfy(delivery -> assertThat(delivery.deliveries()).isEqualTo(2));
        assertThat(settled(receiver, again)).containsExactly("done one", "done two");
        eventually(() -> assertThat(live.list("queues", "name", "messages")).contains(List.of(name, "0")));
    }

    private static List<String> settled(Receiver receiver, List<Delivery> deliveries) {
        List<String> results = new CopyOnWriteArrayList<>();
        receiver.ack(deliveries, new Receiver.Results() {
            @Override
            public void done(Delivery delivery) {
                results.add("done " + delivery.message().id());
            }

            @Override
            public void stale(Delivery delivery) {
                results.add("stale " + delivery.message().id());
            }

            @Override
            public void unknown(Delivery delivery, QueueException why) {
                results.add("unknown " + delivery.message().id());
            }
        });
        Live.until(() -> results.size() == deliveries.size());
        return results;
    }
}

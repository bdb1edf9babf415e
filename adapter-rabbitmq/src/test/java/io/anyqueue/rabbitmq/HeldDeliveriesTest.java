package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Health;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What holds a consumer up can be seen, and what it may hold is bounded (rules LIF-4, ORD-2, BKP-1). */
@ExtendWith(RabbitMqExtension.class)
class HeldDeliveriesTest {
    private static final int LARGE = 64 * 1024;

    private final Live live;
    private final String name = Live.name("stall");
    private final List<Delivery> polled = new ArrayList<>();
    private final LiveListener listener = new LiveListener();
    private LiveBroker broker;

    HeldDeliveriesTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
    }

    @BeforeEach
    void open() {
        broker = live.broker();
    }

    @AfterEach
    void close() throws Exception {
        live.close();
    }

    @Test
    void namesWhatHasBeenOutForLong() throws Exception {
        Spec spec = Spec.of(Endpoint.queue(name));
        Receiver receiver = receive(spec, 1, 1, 10);
        poll(receiver, 1);
        eventually(() -> {
            broker.leap(Duration.ofMinutes(5));
            assertThat(broker.spi().health().notes())
                    .singleElement()
                    .asString()
                    .contains("message m0 of " + name + " has been out for", "consumer_timeout");
        });
        receiver.ack(polled, new Ignored());
        eventually(() -> assertThat(broker.spi().health()).isEqualTo(Health.UP));
    }

    @Test
    void namesTheShardThatHandsOutNothingMore() throws Exception {
        Spec spec = ordered();
        Receiver receiver = receive(spec, 40, 1, 20);
        poll(receiver, 20);
        eventually(() -> {
            broker.leap(Duration.ofSeconds(20));
            assertThat(broker.spi().health().notes())
                    .anySatisfy(note ->
                            assertThat(note).contains(name + " hands out nothing more", "the oldest being message m0"));
        });
        receiver.ack(polled, new Ignored());
        eventually(() -> assertThat(broker.spi().health()).isEqualTo(Health.UP));
    }

    @Test
    void holdsLessOfAShardWhoseMessagesAreLarge() throws Exception {
        Spec spec = ordered();
        Receiver receiver = receive(spec, 100, LARGE, 64);
        // Or it could be the number on its way up.
        eventually(() -> assertThat(listener.lost()).hasSize(1));
        eventually(() -> assertThat(unacknowledged()).isBetween(8, 24));
        while (polled.size() < 100) {
            List<Delivery> some = new ArrayList<>();
            Live.until(() -> receiver.poll(4, 1 << 20, some::add) > 0);
            receiver.ack(some, new Ignored());
            polled.addAll(some);
        }
        assertThat(polled).extracting(delivery -> delivery.message().id()).containsExactlyElementsOf(ids(100));
    }

    private Spec ordered() {
        Spec spec = Spec.of(Endpoint.queue(name));
        return new Spec(
                spec.endpoint(),
                true,
                1,
                spec.lease(),
                spec.retention(),
                spec.priorities(),
                spec.maxMessageBytes(),
                false,
                spec.nativeArguments());
    }

    /** {@return a receiver with a window of so many messages and 1 MiB, of a source with messages of that size} */
    private Receiver receive(Spec spec, int messages, int bytes, int window) throws Exception {
        broker.declare(spec);
        for (String id : ids(messages)) {
            Message message = Message.builder(id)
                    .headers(Map.of())
                    .key("k")
                    .body(new byte[bytes])
                    .build();
            assertThat(LiveBroker.send(broker.spi().sender(spec), message).get(30, TimeUnit.SECONDS))
                    .isEqualTo("confirmed");
        }
        Receiver receiver = broker.receive(spec, listener);
        receiver.window(window, 1 << 20);
        return receiver;
    }

    private static List<String> ids(int messages) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            ids.add("m" + i);
        }
        return ids;
    }

    private void poll(Receiver receiver, int messages) {
        Live.until(() -> {
            receiver.poll(messages - polled.size(), 1 << 20, polled::add);
            return polled.size() == messages;
        });
    }

    private int unacknowledged() {
        return live.list("queues", "name", "messages_unacknowledged").stream()
                .filter(row -> row.get(0).equals(name))
                .mapToInt(row -> Integer.parseInt(row.get(1)))
                .sum();
    }

    /** Nobody asks. */
    private static final class Ignored implements Receiver.Results {
        @Override
        public void done(Delivery delivery) {}

        @Override
        public void stale(Delivery delivery) {}

        @Override
        public void unknown(Delivery delivery, QueueException why) {}
    }
}

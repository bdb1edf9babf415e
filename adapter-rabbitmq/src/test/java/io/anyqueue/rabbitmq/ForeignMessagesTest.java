package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Spec;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What foreign and hostile programs write is handed out as it is, and harms nothing else (rule RCV-7). */
@ExtendWith(RabbitMqExtension.class)
class ForeignMessagesTest {
    private static final int FRAME = 128 * 1024;

    private final Live live;
    private final Spec spec = Spec.of(Endpoint.queue(Live.name("foreign")));
    private final LiveListener listener = new LiveListener();
    private LiveBroker broker;
    private Receiver receiver;

    ForeignMessagesTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
    }

    @BeforeEach
    void open() {
        broker = live.broker();
        broker.declare(spec);
        receiver = broker.receive(spec, listener);
        receiver.window(100, 16 << 20);
    }

    @AfterEach
    void close() throws Exception {
        live.close();
    }

    @Test
    @SuppressWarnings("JavaUtilDate") // the client library has no other
    void takesForgedHeadersForWhatTheyAre() throws Exception {
        List<Map<String, Object>> forged = List.of(
                Map.of("x-death", "a string"),
                Map.of("x-death", List.of("no table", Map.of("count", "many"))),
                Map.of("x-delivery-count", "three"),
                Map.of("anyqueue-deliveries", "odd", "anyqueue-crashes", List.of(1), "anyqueue-attempts", Map.of()),
                Map.of("anyqueue-deliveries", -5L, "anyqueue-attempts", 2.5, "anyqueue-first-failed-at", new Date(1)),
                Map.of("anyqueue-deliveries", Long.MAX_VALUE, "anyqueue-crashes", new BigDecimal("-1")),
                Map.of("q-id", Map.of("a", "table")),
                Map.of(
                        "table",
                        Map.of("nested", Map.of("deep", List.of(1, "2", true))),
                        "array",
                        Arrays.asList(1, null)),
                Map.of("q-id", "x".repeat(500), "q-key", List.of(), "content-type", new byte[] {1}));
        for (Map<String, Object> headers : forged) {
            publish(headers, "body " + headers.keySet());
        }
        // Each is released once, now and later, and comes again.
        List<Delivery> first = poll(forged.size());
        assertThat(bodies(first))
                .containsExactlyInAnyOrderElementsOf(forged.stream()
                        .map(headers -> "body " + headers.keySet())
                        .toList());
        assertThat(first).extracting(delivery -> delivery.message().id()).doesNotHaveDuplicates();
        assertThat(first)
                .allSatisfy(delivery -> assertThat(delivery.deliveries()).isPositive());
        assertThat(release(first)).containsOnly("done");
        List<Delivery> second = poll(forged.size());
        assertThat(second)
                .extracting(delivery -> delivery.message().id())
                .containsExactlyInAnyOrderElementsOf(
                        first.stream().map(delivery -> delivery.message().id()).toList());
        assertThat(acknowledge(second)).containsOnly("done");
        isEmptyAndWell();
    }

    @Test
    void handsOutHeadersThatFillTheirFrame() throws Exception {
        // An id no longer fits into it.
        Map<String, Object> large = Map.of("large", "h".repeat(FRAME - 60));
        publish(Map.of(), "before");
        publish(large, "large");
        publish(Map.of(), "after");
        List<Delivery> got = poll(3);
        assertThat(bodies(got)).containsExactlyInAnyOrder("before", "large", "after");
        assertThat(release(got)).containsOnly("done");
        List<Delivery> again = poll(3);
        assertThat(again).allSatisfy(delivery -> {
            boolean isLarge = bodies(List.of(delivery)).contains("large");
            assertThat(delivery.crashes()).isEqualTo(isLarge ? 1 : 0);
        });
        assertThat(acknowledge(again)).containsOnly("done");
        isEmptyAndWell();
    }

    @Test
    void handsOutHeadersThatAreLargerThanItsOwnFrames() throws Exception {
        frameMax(1 << 20);
        try {
            publish(Map.of("large", "h".repeat(200 * 1024)), "large");
            publish(Map.of(), "small");
        } finally {
            frameMax(FRAME);
        }
        List<Delivery> got = poll(2);
        assertThat(bodies(got)).containsExactlyInAnyOrder("large", "small");
        assertThat(acknowledge(got)).containsOnly("done");
        isEmptyAndWell();
    }

    @Test
    void sendsBackToItsQueueAloneWhatWasForOthersToo() throws Exception {
        Spec other = Spec.of(Endpoint.queue(Live.name("other")));
        broker.declare(other);
        String otherName = other.endpoint().name();
        String user = live.rabbit().uri().getUserInfo().split(":", 2)[0];
        publish(
                new BasicProperties.Builder()
                        .headers(Map.of("CC", List.of(otherName)))
                        .userId(user)
                        .expiration("3600000")
                        .build(),
                "body");
        List<Delivery> got = poll(1);
        assertThat(release(got)).containsOnly("done");
        assertThat(acknowledge(poll(1))).containsOnly("done");
        isEmptyAndWell();
        assertThat(all(otherName)).containsExactly("body", "marker");
    }

    /** {@return the bodies of what is in a queue, and one that is put behind it: a second copy would be in front of that} */
    private List<String> all(String queue) throws Exception {
        Channel channel = live.foreign().createChannel();
        channel.confirmSelect();
        channel.basicPublish("", queue, null, "marker".getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(10_000);
        List<String> bodies = new ArrayList<>();
        for (GetResponse next = channel.basicGet(queue, true); next != null; next = channel.basicGet(queue, true)) {
            bodies.add(new String(next.getBody(), StandardCharsets.UTF_8));
        }
        return bodies;
    }

    private void frameMax(int bytes) {
        live.rabbit().ctl("eval", "application:set_env(rabbit, frame_max, " + bytes + ").");
    }

    private void isEmptyAndWell() {
        eventually(() -> assertThat(live.list("queues", "name", "messages"))
                .contains(List.of(spec.endpoint().name(), "0")));
        assertThat(listener.lost()).as("no channel died").isEmpty();
        assertThat(listener.states()).containsExactly("WORKING");
    }

    private void publish(Map<String, Object> headers, String body) throws Exception {
        publish(
                new BasicProperties.Builder()
                        .headers(new HashMap<>(headers))
                        .deliveryMode(2)
                        .build(),
                body);
    }

    private void publish(BasicProperties properties, String body) throws Exception {
        Channel channel = live.foreign().createChannel();
        channel.confirmSelect();
        channel.basicPublish("", spec.endpoint().name(), true, properties, body.getBytes(StandardCharsets.UTF_8));
        channel.waitForConfirmsOrDie(10_000);
    }

    private List<Delivery> poll(int messages) {
        List<Delivery> got = new CopyOnWriteArrayList<>();
        Live.until(() -> receiver.poll(100, 16 << 20, got::add) >= 0 && got.size() >= messages);
        assertThat(got).hasSize(messages);
        return got;
    }

    private static List<String> bodies(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(Delivery::message)
                .map(ForeignMessagesTest::body)
                .toList();
    }

    private static String body(Message message) {
        return new String(message.bodyArray(), StandardCharsets.UTF_8);
    }

    private List<String> release(List<Delivery> deliveries) throws Exception {
        Results results = new Results();
        receiver.release(
                deliveries.stream()
                        .map(delivery -> new Receiver.Release(delivery, Duration.ZERO, delivery.attempts(), 0))
                        .toList(),
                results);
        return results.await(deliveries.size());
    }

    private List<String> acknowledge(List<Delivery> deliveries) throws Exception {
        Results results = new Results();
        receiver.ack(deliveries, results);
        List<String> all = results.await(deliveries.size());
        receiver.flush().toCompletableFuture().get(30, TimeUnit.SECONDS);
        return all;
    }

    private static final class Results implements Receiver.Results {
        private final List<String> all = new CopyOnWriteArrayList<>();

        List<String> await(int count) {
            Live.until(() -> all.size() == count);
            return List.copyOf(all);
        }

        @Override
        public void done(Delivery delivery) {
            all.add("done");
        }

        @Override
        public void stale(Delivery delivery) {
            all.add("stale");
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            all.add("unknown " + why);
        }
    }
}

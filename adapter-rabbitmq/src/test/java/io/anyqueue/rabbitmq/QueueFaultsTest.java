package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues that go, come back, are not there or are full (rules RCV-4, SND-4, SND-6). */
@ExtendWith(RabbitMqExtension.class)
class QueueFaultsTest {
    private final Live live;
    private final String name = Live.name("fault");

    QueueFaultsTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
    }

    @AfterEach
    void close() throws Exception {
        live.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void consumesAgainWhenItsQueueIsBack(boolean ordered) throws Exception {
        LiveBroker broker = live.broker();
        Spec spec = Spec.of(Endpoint.queue(name)).withOrdered(ordered);
        broker.declare(spec);
        LiveListener listener = new LiveListener();
        Receiver receiver = broker.receive(spec, listener);
        receiver.window(10, 1 << 20);
        eventually(() -> assertThat(listener.states()).containsExactly("WORKING"));

        Channel foreign = live.foreign().createChannel();
        foreign.queueDelete(name);
        eventually(() -> assertThat(listener.states()).contains("BLOCKED NOT_FOUND"));
        assertThat(listener.lost()).anyMatch(lost -> lost.startsWith(name));

        // RabbitMQ 3.10 may end a connection with an internal error when a queue is just being deleted.
        await().atMost(Live.SOON).ignoreExceptions().until(() -> {
            broker.declare(spec);
            return true;
        });
        eventually(() -> assertThat(listener.states()).endsWith("WORKING").hasSizeGreaterThan(2));
        assertThat(send(broker.spi().sender(spec), "after")).isEqualTo("confirmed");
        List<Delivery> got = new CopyOnWriteArrayList<>();
        Live.until(() -> receiver.poll(10, 1 << 20, got::add) >= 0 && got.size() == 1);
    }

    @Test
    void countsWhatATopicHasNoSubscriptionFor() throws Exception {
        LiveBroker broker = live.broker();
        Spec spec = Spec.of(Endpoint.topic(name));
        broker.declare(spec);
        Sender sender = broker.spi().sender(spec);
        assertThat(send(sender, "nobody")).isEqualTo("confirmed");
        assertThat(broker.unrouted()).isOne();
        broker.declare(Spec.of(Endpoint.topic(name).subscription("audit")));
        assertThat(send(sender, "somebody")).isEqualTo("confirmed");
        assertThat(broker.unrouted()).isOne();
    }

    @Test
    void refusesWhatAFullQueueDoesNotTake() throws Exception {
        LiveBroker broker = live.broker();
        Spec spec = Spec.of(Endpoint.queue(name)).withOrdered(true).withNativeArguments(Map.of("x-max-length", "10"));
        broker.declare(spec);
        Sender sender = broker.spi().sender(spec);
        List<String> stored = new ArrayList<>();
        String result = send(sender, "m0");
        while (result.equals("confirmed")) {
            stored.add("m" + stored.size());
            assertThat(stored).as("a little more than its limit may pass").hasSizeLessThan(100);
            result = send(sender, "m" + stored.size());
        }
        assertThat(result).isEqualTo("rejected RESOURCE_EXHAUSTED");
        assertThat(stored).hasSizeGreaterThanOrEqualTo(10);

        LiveListener listener = new LiveListener();
        Receiver receiver = broker.receive(spec, listener);
        receiver.window(16 * 100, 64 << 20);
        List<String> got = new CopyOnWriteArrayList<>();
        Live.until(() -> receiver.poll(
                                1_000,
                                1 << 20,
                                delivery -> got.add(delivery.message().id()))
                        >= 0
                && got.size() >= stored.size());
        assertThat(got).isEqualTo(stored);
    }

    private static String send(Sender sender, String id) throws Exception {
        return LiveBroker.send(sender, message(id)).get(30, TimeUnit.SECONDS);
    }

    /** All of one key, and so of one shard. */
    private static Message message(String id) {
        return Message.builder(id)
                .key("key")
                .headers(Map.of())
                .body(new byte[1])
                .build();
    }
}

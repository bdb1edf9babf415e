package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import io.anyqueue.Message;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.testbrokers.Own;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server that starts has messages move on while it still restores where they go. So no message arrives before somebody is there (rules
 * DLY-2, SND-1): of 100 delayed messages for a topic with 150 subscriptions, one subscription missed one before this was so.
 */
@ExtendWith(RabbitMqExtension.class)
@SuppressWarnings("try") // tests may be interrupted
class DelaysAcrossRestartsTest {
    private static final String GATE = "anyqueue.delay.gate";

    private final Live live;
    private final String url;
    private final Spec topic = Spec.of(Endpoint.topic("events"));

    DelaysAcrossRestartsTest(@Own RabbitMq rabbit) {
        this.live = new Live(rabbit);
        this.url = rabbit.uri().toString();
    }

    @AfterEach
    void close() throws Exception {
        live.close();
    }

    @Test
    void waitForAClient() throws Exception {
        try (LiveBroker before = new LiveBroker(url)) {
            sendDelayed(before);
        }
        live.rabbit().stop();
        live.rabbit().start();
        assertThatThrownBy(() -> foreign().exchangeDeclarePassive(GATE)).isInstanceOf(IOException.class);

        LiveBroker after = live.broker(url);
        after.declare(Spec.of(Endpoint.queue("other")).withOrdered(true));
        allArrives();
    }

    @Test
    void goOnWithAClientThatWasThere() throws Exception {
        LiveBroker broker = live.broker(url);
        sendDelayed(broker);
        live.rabbit().stop();
        live.rabbit().start();
        allArrives();
    }

    private void sendDelayed(LiveBroker broker) throws Exception {
        broker.declare(topic, subscription("audit"), subscription("billing"));
        Message message = Message.builder("m")
                .headers(Map.of())
                .deliverAtMillis(System.currentTimeMillis() + 1_000)
                .body(new byte[1])
                .build();
        assertThat(LiveBroker.send(broker.spi().sender(topic), message).get(30, TimeUnit.SECONDS))
                .isEqualTo("confirmed");
    }

    private Spec subscription(String name) {
        return Spec.of(Endpoint.topic("events").subscription(name));
    }

    private void allArrives() throws Exception {
        Channel channel = foreign();
        for (String queue : List.of("events--audit", "events--billing")) {
            eventually(() -> assertThat(channel.messageCount(queue)).as(queue).isOne());
        }
        assertThat(channel.messageCount("anyqueue.undeliverable")).isZero();
    }

    private Channel foreign() throws Exception {
        return live.foreign().createChannel();
    }
}

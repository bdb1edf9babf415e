package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import io.anyqueue.Message;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.testbrokers.Own;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
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
    private static final String OPEN = "anyqueue.delay.open";
    private static final List<String> QUEUES = List.of("events--audit", "events--billing");

    /** An odd number of units, so that the message waits in the lowest level too. */
    private static final long DELAY_MILLIS = 3_100;

    private final Live live;
    private final String url;
    private final Spec topic = Spec.of(Endpoint.topic("events"));
    private long dueMillis;

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
        restart();
        if (live.rabbit().version().startsWith("3.")) { // Later ones may restore all exchanges.
            Channel channel = foreign();
            assertThatThrownBy(() -> foreign().exchangeDeclarePassive(GATE)).hasStackTraceContaining("NOT_FOUND");
            await().atMost(Live.SOON).until(() -> System.currentTimeMillis() > dueMillis + DELAY_MILLIS);
            assertThat(arrived(channel)).containsExactly(0L, 0L);
        }
        useAClient();
        allArrives();
        assertThat(foreign().exchangeDeclarePassive(OPEN)).isNotNull();
    }

    @Test
    void goOnWithAClientThatWasThere() throws Exception {
        sendDelayed(live.broker(url));
        restart();
        allArrives();
    }

    /** Whoever began to let messages pass may have ended meanwhile. */
    @Test
    void doNotTakeAGateForOpenThatIsHalfOpen() throws Exception {
        try (LiveBroker before = new LiveBroker(url)) {
            sendDelayed(before);
        }
        restart();
        foreign().exchangeDeclare(GATE, BuiltinExchangeType.FANOUT, false);
        useAClient();
        allArrives();
    }

    @Test
    void areHeldVisiblyWhereNobodyMayLetThemPass() throws Exception {
        sendDelayed(live.broker(url));
        Channel channel = foreign();
        channel.exchangeDelete(OPEN);
        channel.exchangeDelete(GATE);
        live.rabbit().ctl("add_user", "narrow", "s3cr3t");
        live.rabbit().ctl("set_permissions", "narrow", "^none$", ".*", ".*");
        LiveBroker narrow = live.broker("amqp://narrow:s3cr3t@" + live.rabbit().host() + ":"
                + live.rabbit().port());
        narrow.spi().topology().describe(topic).toCompletableFuture().get(30, TimeUnit.SECONDS);
        eventually(() -> assertThat(narrow.spi().health().notes())
                .singleElement()
                .asString()
                .contains("delayed messages may not arrive", GATE, "refused"));
        live.broker(url).declare(subscription("audit"));
        allArrives();
    }

    private void sendDelayed(LiveBroker broker) throws Exception {
        broker.declare(topic, subscription("audit"), subscription("billing"));
        dueMillis = System.currentTimeMillis() + DELAY_MILLIS;
        Message message = Message.builder("m")
                .headers(Map.of())
                .deliverAtMillis(dueMillis)
                .body(new byte[1])
                .build();
        assertThat(LiveBroker.send(broker.spi().sender(topic), message).get(30, TimeUnit.SECONDS))
                .isEqualTo("confirmed");
    }

    private void restart() {
        live.rabbit().stop();
        live.rabbit().start();
    }

    /** For whatever, even for what knows no delays. */
    private void useAClient() {
        live.broker(url).declare(Spec.of(Endpoint.queue("other")).withOrdered(true));
    }

    private Spec subscription(String name) {
        return Spec.of(Endpoint.topic("events").subscription(name));
    }

    private void allArrives() throws Exception {
        Channel channel = foreign();
        eventually(() -> assertThat(arrived(channel)).containsExactly(1L, 1L));
        assertThat(channel.messageCount("anyqueue.undeliverable")).isZero();
    }

    private static List<Long> arrived(Channel channel) throws Exception {
        return List.of(channel.messageCount(QUEUES.get(0)), channel.messageCount(QUEUES.get(1)));
    }

    private Channel foreign() throws Exception {
        return live.foreign().createChannel();
    }
}

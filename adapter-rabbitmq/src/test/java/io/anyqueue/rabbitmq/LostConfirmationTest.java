package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.MessageQueue;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.testbrokers.proxy.TcpProxy;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The server has stored a message, and the answer that says so is lost (rules SND-2, SND-3). */
@ExtendWith(RabbitMqExtension.class)
class LostConfirmationTest {
    private final Live live;
    private final TcpProxy proxy;
    private final String url;
    private final String name = Live.name("eaten");

    LostConfirmationTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
        this.proxy = live.with(TcpProxy.to(rabbit.host(), rabbit.port()));
        this.url = Live.url(rabbit.uri(proxy.port()));
    }

    @AfterEach
    void close() throws Exception {
        live.close();
    }

    @Test
    void isUnknownToTheAdapter() throws Exception {
        LiveBroker broker = live.broker(url);
        Spec spec = Spec.of(Endpoint.queue(name));
        broker.declare(spec);
        Sender sender = broker.spi().sender(spec);
        assertThat(LiveBroker.send(sender, message("first")).get(30, TimeUnit.SECONDS))
                .isEqualTo("confirmed");
        proxy.eatReplies();
        CompletableFuture<String> second = LiveBroker.send(sender, message("second"));
        eventually(() -> assertThat(live.list("queues", "name", "messages")).contains(List.of(name, "2")));
        assertThat(second).isNotDone();
        proxy.cut();
        assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo("unknown UNAVAILABLE");
        proxy.pass();
    }

    @Test
    void isSentAgainByTheRuntimeUnderTheSameId() throws Exception {
        MessageQueue<String> queue = live.client(url, Map.of()).queue(name, String.class);
        queue.send("first");
        proxy.eatReplies();
        CompletableFuture<String> second = queue.sendAsync("second");
        eventually(() -> assertThat(live.list("queues", "name", "messages")).contains(List.of(name, "2")));
        proxy.cut();
        proxy.pass();
        String id = second.get(30, TimeUnit.SECONDS);

        List<String> ids = new CopyOnWriteArrayList<>();
        live.client().queue(name, String.class).consume((payload, context) -> {
            if (payload.equals("second")) {
                ids.add(context.message().id());
            }
        });
        eventually(() -> assertThat(ids).hasSize(2));
        assertThat(ids).containsOnly(id);
    }

    private static Message message(String id) {
        return Message.builder(id).headers(Map.of()).body(new byte[1]).build();
    }
}

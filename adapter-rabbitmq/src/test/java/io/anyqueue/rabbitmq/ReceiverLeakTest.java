package io.anyqueue.rabbitmq;

import static io.anyqueue.rabbitmq.Live.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.impl.AMQConnection;
import io.anyqueue.Health;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Spec;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.time.Duration;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever comes and goes leaves nothing behind. */
@ExtendWith(RabbitMqExtension.class)
class ReceiverLeakTest {
    private static final int RECEIVERS = 500;

    private final Live live;
    private final String name = Live.name("leak");

    ReceiverLeakTest(RabbitMq rabbit) {
        this.live = new Live(rabbit);
    }

    @AfterEach
    void close() throws Exception {
        live.close();
    }

    @Test
    void leavesNoChannel() throws Exception {
        LiveBroker broker = live.broker();
        Spec plain = Spec.of(Endpoint.queue(name));
        Spec ordered = Spec.of(Endpoint.queue(name + "-o")).withOrdered(true);
        broker.declare(plain, ordered);
        for (int i = 0; i < RECEIVERS; i++) {
            LiveListener listener = new LiveListener();
            Receiver receiver = broker.receive(i % 50 == 0 ? ordered : plain, listener);
            receiver.window(10, 1 << 20);
            if (i % 2 == 0) {
                // Every other one is closed while it begins.
                Live.until(() -> listener.states().contains("WORKING"));
            }
            receiver.close(Duration.ofSeconds(10)).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        AMQConnection connection =
                (AMQConnection) broker.spi().unwrap(Connection.class).orElseThrow();
        String mine = ":" + connection.getLocalPort() + " ";
        eventually(() -> assertThat(live.list("channels", "pid", "name"))
                .noneMatch(row -> row.get(1).contains(mine)));
        assertThat(live.list("consumers", "queue_name"))
                .noneMatch(row -> row.get(0).startsWith(name));
        assertThat(broker.spi().health()).isEqualTo(Health.UP);
        assertThat(((ThreadPoolExecutor) broker.executor()).getActiveCount()).isZero();
        assertThat(broker.timers()).as("nothing waits for a closed receiver").isLessThan(10);
    }
}

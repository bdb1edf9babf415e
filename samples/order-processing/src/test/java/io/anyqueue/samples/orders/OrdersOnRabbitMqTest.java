package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.anyqueue.testbrokers.Own;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The same figures on RabbitMQ as in memory, whoever is killed: the application, the server, or one after the other. */
@ExtendWith(RabbitMqExtension.class)
@Timeout(600)
class OrdersOnRabbitMqTest {
    private static final int ORDERS = 3_000;

    private static RabbitMq rabbit;

    /** The tests share a server, and none meets what another left. */
    private final String prefix = UUID.randomUUID() + "-";

    @TempDir
    Path state;

    @BeforeAll
    static void take(@Own RabbitMq own) {
        rabbit = own;
    }

    @Test
    void theFiguresAreThoseInMemory() throws Exception {
        try (OrderProcess process = start(madeUp(), List.of())) {
            JsonNode summary = process.summary();

            Command.assertFigures(summary, MadeUpOrders.figures(ORDERS));
            assertThat(summary.get("duplicates").longValue()).isZero();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(messages("orders--dlq")).isEqualTo(ORDERS / 10);
                assertThat(messages("order-events--email")).isZero();
            });
        }
    }

    @Test
    void anApplicationThatIsKilledGoesOnWhereItWas() throws Exception {
        killHalfWay(madeUp(), ORDERS);

        try (OrderProcess second = startWithState(madeUp())) {
            Command.assertFigures(second.summary(), MadeUpOrders.figures(ORDERS));
        }
        assertThat(messages("orders--dlq")).isGreaterThanOrEqualTo(ORDERS / 10);
    }

    @Test
    void aServerThatIsKilledLosesNothing() throws Exception {
        try (OrderProcess process = start(madeUp(), List.of())) {
            process.awaitHandled(ORDERS / 2);
            killServer();

            Command.assertFigures(process.summary(), MadeUpOrders.figures(ORDERS));
        }
        assertThat(messages("orders--dlq")).isGreaterThanOrEqualTo(ORDERS / 10);
    }

    /** A gate that is full and fails at once stands for whatever lets sends fail for a while, such as a long outage. */
    @Test
    void whatCannotBeSentForNowIsSentLater() throws Exception {
        List<String> properties = List.of("-Danyqueue.send.when-full=fail", "-Danyqueue.send.messages=100");
        InputStream orders = new ByteArrayInputStream(MadeUpOrders.lines(1_000));
        try (OrderProcess process = start(orders, properties)) {
            Command.assertFigures(process.summary(), MadeUpOrders.figures(1_000));
        }
    }

    /** Everything at once: the application is killed half-way, and the server under the application that goes on. */
    @Test
    void theRealOrdersComeToTheSameFigures() throws Exception {
        String orders = RealOrdersTest.findOrders();
        killHalfWay(Input.open(orders, InputStream.nullInputStream()), RealOrdersTest.ORDERS);

        try (OrderProcess second = startWithState(Input.open(orders, InputStream.nullInputStream()))) {
            second.awaitHandled(RealOrdersTest.ORDERS * 3L / 4);
            killServer();

            Command.assertFigures(second.summary(), RealOrdersTest.FIGURES);
        }
        assertThat(messages("orders--dlq")).isGreaterThanOrEqualTo(RealOrdersTest.DEAD);
    }

    private void killHalfWay(InputStream orders, int count) throws Exception {
        try (OrderProcess first = startWithState(orders)) {
            first.awaitHandled(count / 2);
            first.kill();
        }
        try (Outcomes kept = new Outcomes(DatabaseStore.open(state.toString()))) {
            // A part of it was done, and some was not: see StateTest for how exact that is.
            assertThat(kept.totals().settled()).isBetween(count / 4L, count - 1L);
        }
    }

    private static void killServer() {
        rabbit.kill();
        rabbit.start();
    }

    private OrderProcess startWithState(InputStream orders) throws Exception {
        return start(orders, List.of(), "--state", state.toString());
    }

    private OrderProcess start(InputStream orders, List<String> moreProperties, String... moreOptions)
            throws Exception {
        List<String> properties = new ArrayList<>(moreProperties);
        properties.add("-Danyqueue.name-prefix=" + prefix);
        List<String> options = new ArrayList<>(List.of(moreOptions));
        options.addAll(List.of("--broker", rabbit.uri().toString()));
        return OrderProcess.start(orders, properties, options);
    }

    private static InputStream madeUp() {
        return new ByteArrayInputStream(MadeUpOrders.lines(ORDERS));
    }

    private long messages(String queue) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.uri());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            return channel.messageCount(prefix + queue);
        }
    }
}

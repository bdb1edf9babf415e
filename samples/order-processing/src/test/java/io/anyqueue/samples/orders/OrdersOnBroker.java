package io.anyqueue.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.testbrokers.ControlledBroker;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The same figures on a real broker as in memory, whoever is killed: the application, the server, or one after the other. */
@Timeout(600)
abstract class OrdersOnBroker {
    private static final int ORDERS = 3_000;

    /** The tests share a server, and none meets what another left. */
    private final String prefix = UUID.randomUUID() + "-";

    @TempDir
    Path state;

    /** {@return the server, for these tests alone} */
    abstract ControlledBroker server();

    /** {@return its URL} */
    abstract String url();

    /** {@return how many messages nobody has handled} */
    abstract long messages(Place place) throws Exception;

    /** Where messages are counted. */
    enum Place {
        DEAD_LETTERS("orders--dlq", "orders--dlq"),
        EMAIL("order-events", "order-events--email");

        private final String source;
        private final String consumer;

        Place(String source, String consumer) {
            this.source = source;
            this.consumer = consumer;
        }
    }

    /** {@return the name of the queue or topic that is sent to} */
    final String source(Place place) {
        return prefix + place.source;
    }

    /** {@return the name of the queue or subscription that is consumed} */
    final String consumer(Place place) {
        return prefix + place.consumer;
    }

    @Test
    void theFiguresAreThoseInMemory() throws Exception {
        try (OrderProcess process = start(madeUp(), List.of())) {
            JsonNode summary = process.summary();

            Command.assertFigures(summary, MadeUpOrders.figures(ORDERS));
            assertThat(summary.get("duplicates").longValue()).isZero();
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(messages(Place.DEAD_LETTERS)).isEqualTo(ORDERS / 10);
                assertThat(messages(Place.EMAIL)).isZero();
            });
        }
    }

    @Test
    void anApplicationThatIsKilledGoesOnWhereItWas() throws Exception {
        killHalfWay(madeUp(), ORDERS);

        try (OrderProcess second = startWithState(madeUp())) {
            Command.assertFigures(second.summary(), MadeUpOrders.figures(ORDERS));
        }
        assertThat(messages(Place.DEAD_LETTERS)).isGreaterThanOrEqualTo(ORDERS / 10);
    }

    @Test
    void aServerThatIsKilledLosesNothing() throws Exception {
        try (OrderProcess process = start(madeUp(), List.of())) {
            process.awaitHandled(ORDERS / 2);
            killServer();

            Command.assertFigures(process.summary(), MadeUpOrders.figures(ORDERS));
        }
        assertThat(messages(Place.DEAD_LETTERS)).isGreaterThanOrEqualTo(ORDERS / 10);
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
        assertThat(messages(Place.DEAD_LETTERS)).isGreaterThanOrEqualTo(RealOrdersTest.DEAD);
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

    private void killServer() {
        server().kill();
        server().start();
    }

    private OrderProcess startWithState(InputStream orders) throws Exception {
        return start(orders, List.of(), "--state", state.toString());
    }

    private OrderProcess start(InputStream orders, List<String> moreProperties, String... moreOptions)
            throws Exception {
        List<String> properties = new ArrayList<>(moreProperties);
        properties.add("-Danyqueue.name-prefix=" + prefix);
        List<String> options = new ArrayList<>(List.of(moreOptions));
        options.addAll(List.of("--broker", url()));
        return OrderProcess.start(orders, properties, options);
    }

    private static InputStream madeUp() {
        return new ByteArrayInputStream(MadeUpOrders.lines(ORDERS));
    }
}

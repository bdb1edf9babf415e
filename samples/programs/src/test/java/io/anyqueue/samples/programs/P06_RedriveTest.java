package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.DeadLetter;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.RetryPolicy;
import io.anyqueue.samples.programs.P06_Redrive.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class P06_RedriveTest {
    private static final AtomicInteger TESTS = new AtomicInteger();

    /** A broker of its own for each test: a named one keeps what it has. */
    private final String url = "inmemory:p06-" + TESTS.incrementAndGet();

    private final QueueClient client = QueueClient.connect(url);
    private final MessageQueue<Order> orders = client.queue("orders", Order.class);

    @BeforeEach
    void twoOrdersFailInOneWayAndOneInAnother() {
        System.setProperty("anyqueue.url", url);
        MessageConsumer consumer = orders.consumer().retry(RetryPolicy.none()).start(order -> {
            if (order.id().equals("3")) {
                throw new IllegalStateException("no such customer");
            }
            throw new IOException("database away");
        });
        List.of("1", "2", "3").forEach(id -> orders.send(new Order(id)));
        Waiting.until(() -> dead().size() == 3);
        consumer.stop(Duration.ofSeconds(10));
    }

    @AfterEach
    void close() {
        System.clearProperty("anyqueue.url");
        client.close();
    }

    private List<DeadLetter> dead() {
        return orders.deadLetters().list().toList();
    }

    private String fingerprint(String error) {
        return dead().stream()
                .filter(letter -> letter.error().equals(error))
                .findFirst()
                .orElseThrow()
                .fingerprint();
    }

    @Test
    void showsWhatItWouldSendAndSendsNothing() {
        try (Output output = new Output()) {
            P06_Redrive.main(new String[] {fingerprint("database away")});
            assertThat(output.lines())
                    .filteredOn(line -> line.endsWith(" EXHAUSTED database away"))
                    .hasSize(2);
        }
        assertThat(dead()).hasSize(3);
    }

    @Test
    void sendsBackWhatFailedInThatWay() {
        try (Output output = new Output()) {
            P06_Redrive.main(new String[] {fingerprint("database away"), "--run"});
            assertThat(output.lines()).contains("2 redriven");
        }
        assertThat(dead()).extracting(DeadLetter::error).containsExactly("no such customer");
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        orders.consume(order -> handled.add(order.id()));
        Waiting.until(() -> handled.size() == 2);
        assertThat(handled).containsExactlyInAnyOrder("1", "2");
    }
}

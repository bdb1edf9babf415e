package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.MessageContext;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.samples.programs.P16_TwoBrokers.Order;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class P16_TwoBrokersTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "anyqueue.client.legacy.url", "inmemory:p16-legacy", "anyqueue.client.main.url", "inmemory:p16-main");

    /** What arrived on the main broker. */
    private record Arrival(String order, String causationId) {}

    @Test
    void carriesMessagesFromOneBrokerToTheOther() throws Throwable {
        Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
        try (QueueClient legacy = QueueClient.connect("inmemory:p16-legacy");
                QueueClient main = QueueClient.connect("inmemory:p16-main")) {
            main.queue(P16_TwoBrokers.ORDERS).consume((order, context) -> arrivals.add(arrival(order, context)));
            MessageQueue<Order> orders = legacy.queue(P16_TwoBrokers.ORDERS);
            Running.during(SETTINGS, P16_TwoBrokers::main, () -> {
                String first = orders.send(new Order("1"));
                String second = orders.send(new Order("2"));
                Waiting.until(() -> arrivals.size() == 2);
                assertThat(List.copyOf(arrivals)).containsExactly(new Arrival("1", first), new Arrival("2", second));
            });
            assertThat(orders.deadLetters().list()).isEmpty();
        }
    }

    private static Arrival arrival(Order order, MessageContext context) {
        return new Arrival(order.id(), context.message().causationId().orElse(""));
    }
}

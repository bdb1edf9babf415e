package io.anyqueue.samples.programs;

import static java.time.Duration.ofSeconds;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;

public class P16_TwoBrokers {
    record Order(String id) {}

    static final QueueSpec<Order> ORDERS = QueueSpec.of("orders", Order.class);

    public static void main(String[] args) {
        try (QueueClient legacy = QueueClient.connect(ClientOptions.load("legacy"));
                QueueClient main = QueueClient.connect(ClientOptions.load("main"))) {
            MessageQueue<Order> target = main.queue(ORDERS);
            legacy.queue(ORDERS)
                    .consume((order, context) -> context.send(target, order)); // on main first, then acked on legacy
            legacy.runUntilShutdown(ofSeconds(30));
        }
    }
}

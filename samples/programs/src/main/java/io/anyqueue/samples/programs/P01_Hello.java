package io.anyqueue.samples.programs;

import static java.time.Duration.ofSeconds;

import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;

public class P01_Hello {
    record Order(String id, int items) {}

    public static void main(String[] args) {
        try (QueueClient client = QueueClient.connect("inmemory:")) {
            MessageQueue<Order> orders = client.queue("orders", Order.class);
            orders.consume(order -> System.out.println("shipping " + order.id()));
            orders.send(new Order("42", 3));
            client.runUntilShutdown(ofSeconds(30)); // without it close() may come before the handler
        }
    }
}

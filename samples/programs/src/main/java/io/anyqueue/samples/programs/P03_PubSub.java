package io.anyqueue.samples.programs;

import static java.time.Duration.ofSeconds;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageHandler;
import io.anyqueue.MessageTopic;
import io.anyqueue.QueueClient;
import io.anyqueue.TopicSpec;

public class P03_PubSub {
    sealed interface OrderEvent {
        record Placed(String id) implements OrderEvent {}

        record Cancelled(String id) implements OrderEvent {}
    }

    static final TopicSpec<OrderEvent> EVENTS = TopicSpec.of("order-events", OrderEvent.class);

    public static void main(String[] args) {
        try (QueueClient client = QueueClient.connect(ClientOptions.load())) {
            MessageTopic<OrderEvent> events = client.topic(EVENTS);
            events.subscription("audit").consume(event -> System.out.println(event));
            events.subscription("mail")
                    .consume(MessageHandler.byType(OrderEvent.class)
                            .on(OrderEvent.Placed.class, (placed, context) -> System.out.println("mail " + placed.id()))
                            .othersIgnored());
            events.send(new OrderEvent.Placed("42"));
            client.runUntilShutdown(ofSeconds(30));
        }
    }
}

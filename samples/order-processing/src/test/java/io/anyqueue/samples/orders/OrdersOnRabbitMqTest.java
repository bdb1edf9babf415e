package io.anyqueue.samples.orders;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.anyqueue.testbrokers.ControlledBroker;
import io.anyqueue.testbrokers.Own;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** The sample on RabbitMQ. */
@ExtendWith(RabbitMqExtension.class)
class OrdersOnRabbitMqTest extends OrdersOnBroker {
    private static RabbitMq rabbit;

    @BeforeAll
    static void take(@Own RabbitMq own) {
        rabbit = own;
    }

    @Override
    ControlledBroker server() {
        return rabbit;
    }

    @Override
    String url() {
        return rabbit.uri().toString();
    }

    @Override
    long messages(Place place) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.uri());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            return channel.messageCount(consumer(place));
        }
    }
}

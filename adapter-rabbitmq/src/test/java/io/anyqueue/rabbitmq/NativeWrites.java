package io.anyqueue.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.anyqueue.conformance.NativeAccess;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Writes with the server's own client, as a foreign program would. */
record NativeWrites(URI server) implements NativeAccess {
    @Override
    public void write(Endpoint target, Map<String, String> headers, byte[] body) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(server);
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.confirmSelect();
            BasicProperties properties = new BasicProperties.Builder()
                    .headers(new HashMap<>(headers))
                    .deliveryMode(2)
                    .build();
            boolean topic = target instanceof TopicEndpoint;
            channel.basicPublish(
                    topic ? target.physicalName() : "", topic ? "" : target.physicalName(), true, properties, body);
            channel.waitForConfirmsOrDie(10_000);
        }
    }
}

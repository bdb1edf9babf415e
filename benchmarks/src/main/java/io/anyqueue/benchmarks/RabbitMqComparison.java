package io.anyqueue.benchmarks;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.anyqueue.benchmarks.Program.Target;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import java.util.List;

/**
 * Anyqueue on RabbitMQ beside the client library alone. Arguments: {@code [rounds] [which of sends,receives,blocking,latency] [which lanes,
 * by number]}.
 */
public final class RabbitMqComparison implements BenchmarkedBroker {
    private static final Load LOAD = new Load(1_000, 20_000, 100, 40_000, 4_000);

    private final RabbitMq server = RabbitMq.own();

    private RabbitMqComparison() {}

    /** Runs the comparison and prints it. */
    public static void main(String[] args) throws Exception {
        try (RabbitMqComparison broker = new RabbitMqComparison()) {
            Comparison.run(
                    broker,
                    List.of(AnyqueueProgram::new, RawRabbitMqProgram::withPool, RawRabbitMqProgram::withChannels),
                    "sends,receives,blocking,latency",
                    args);
        }
    }

    @Override
    public String name() {
        return "RabbitMQ " + server.version();
    }

    @Override
    public String url() {
        return server.uri().toString();
    }

    @Override
    public Load load() {
        return LOAD;
    }

    @Override
    public long left(Target target, String program) throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            return channel.messageCount(target.name());
        }
    }

    @Override
    public long delete(Target target) throws Exception {
        try (Connection connection = connect();
                Channel channel = connection.createChannel()) {
            channel.queueDelete(target.name());
            return channel.queueDelete(target.name() + "--dlq").getMessageCount();
        }
    }

    private Connection connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(server.uri());
        return factory.newConnection();
    }

    @Override
    public void close() {
        server.close();
    }
}

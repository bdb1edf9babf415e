/** The adapter for RabbitMQ, found by {@code ServiceLoader} for URLs with the schemes {@code amqp} and {@code amqps}. */
@SuppressWarnings("requires-transitive-automatic")
module io.anyqueue.rabbitmq {
    requires io.anyqueue.api;
    requires transitive com.rabbitmq.client;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.anyqueue.rabbitmq;

    provides io.anyqueue.spi.BrokerProvider with
            io.anyqueue.rabbitmq.RabbitMqBrokerProvider;
}

/** The adapter for Apache Kafka, found by {@code ServiceLoader} for URLs with the schemes {@code kafka} and {@code kafkas}. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.anyqueue.kafka {
    requires io.anyqueue.api;
    requires transitive kafka.clients;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.anyqueue.kafka;

    // The client makes the classes itself that give it secrets and TLS.
    opens io.anyqueue.kafka.internal to
            kafka.clients;

    provides io.anyqueue.spi.BrokerProvider with
            io.anyqueue.kafka.KafkaBrokerProvider;
}

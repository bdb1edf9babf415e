/** The in-memory broker, found by {@code ServiceLoader} for URLs with the scheme {@code inmemory}. */
module io.anyqueue.inmemory {
    requires io.anyqueue.api;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.anyqueue.inmemory;

    provides io.anyqueue.spi.BrokerProvider with
            io.anyqueue.inmemory.InMemoryBrokerProvider;
}

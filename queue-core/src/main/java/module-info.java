/** The runtime behind the API: sending, consuming, retries, dead letters, idempotency, configuration. Exports nothing. */
module io.anyqueue.core {
    requires static org.jspecify;
    requires io.anyqueue.api;
    requires org.slf4j;
    requires micrometer.core;
    requires com.github.benmanes.caffeine;

    uses io.anyqueue.spi.BrokerProvider;
    uses io.anyqueue.spi.Codec;

    provides io.anyqueue.QueueClientProvider with
            io.anyqueue.core.client.RuntimeProvider;
}

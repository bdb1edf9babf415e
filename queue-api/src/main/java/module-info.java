/**
 * The API that applications compile against ({@code io.anyqueue}) and the SPI that broker adapters implement
 * ({@code io.anyqueue.spi}). It depends on the JDK only.
 */
module io.anyqueue.api {
    requires static org.jspecify;

    exports io.anyqueue;
    exports io.anyqueue.spi;
    exports io.anyqueue.spi.support;

    uses io.anyqueue.QueueClientProvider;
}

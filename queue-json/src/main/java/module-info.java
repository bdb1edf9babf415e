/** The codec for JSON bodies, on Jackson 3. */
module io.anyqueue.json {
    requires static org.jspecify;
    requires transitive io.anyqueue.api;
    requires transitive tools.jackson.databind;

    exports io.anyqueue.json;

    provides io.anyqueue.spi.Codec with
            io.anyqueue.json.JsonCodec;
}

package io.anyqueue.rabbitmq.internal;

import io.anyqueue.spi.BrokerConfig;
import java.time.Duration;

/**
 * What is set by the URL's parameters and the native properties. Immutable.
 *
 * @param connectTimeout how long opening a connection may take, the handshakes included
 * @param rpcTimeout how long the server may take to answer a question
 * @param confirmTimeout how long the server may take to confirm a message; then its fate is unknown
 * @param heartbeat how often each side says that it lives; a side that is silent for two of them is dead
 */
record Settings(Duration connectTimeout, Duration rpcTimeout, Duration confirmTimeout, Duration heartbeat) {
    static Settings of(BrokerConfig config) {
        return new Settings(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(10));
    }
}

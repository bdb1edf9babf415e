package io.anyqueue.spi;

import java.util.Set;

/**
 * Makes brokers of one kind; found by {@code ServiceLoader} (rules CAP-1, ERR-2). Stateless and safe for use by any thread.
 */
public interface BrokerProvider {
    /** {@return the URL schemes it answers to, in lower case, such as {@code amqp} and {@code amqps}} */
    Set<String> schemes();

    /**
     * Makes a broker. It does not wait for the network: the connection is made in the background, and the first declaration
     * that cannot reach the broker says so.
     *
     * @param config where the broker is and what the adapter may use
     * @return the broker
     * @throws io.anyqueue.QueueException INVALID_ARGUMENT or UNSUPPORTED if the URL, a parameter of it or a native
     *     property is wrong, unknown or weakens a guarantee
     */
    Broker connect(BrokerConfig config);
}

package io.anyqueue.testbrokers.rabbitmq;

import java.net.URI;
import java.util.List;

/** One way in which a RabbitMQ server is run. Used by {@link RabbitMq} alone, by one thread at a time. */
interface Server extends AutoCloseable {
    /** {@return the address for AMQP without TLS, with user, password and virtual host} */
    URI uri();

    /** {@return the port of AMQP with TLS} */
    int tlsPort();

    /** {@return whether the other methods work, except {@link #close}} */
    boolean isControlled();

    /** Starts it, with its data; the caller waits until it answers. */
    void start();

    /** Ends it in its own time. */
    void stop();

    /** Ends it at once. */
    void kill();

    /** Halts its processes. */
    void suspend();

    /** Lets its processes run again. */
    void resume();

    /** {@return what rabbitmqctl writes} */
    String ctl(List<String> arguments);

    @Override
    void close();
}

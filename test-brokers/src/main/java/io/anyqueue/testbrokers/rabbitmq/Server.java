package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.os.Controls;
import java.net.URI;
import java.util.List;

/** One way in which a RabbitMQ server is run. Used by {@link RabbitMq} alone, by one thread at a time. */
interface Server extends Controls {
    /** {@return the address for AMQP without TLS, with user, password and virtual host} */
    URI uri();

    /** {@return the port of AMQP with TLS} */
    int tlsPort();

    /** {@return what rabbitmqctl writes} */
    String ctl(List<String> arguments);
}

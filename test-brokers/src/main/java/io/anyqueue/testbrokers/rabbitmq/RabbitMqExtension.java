package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.BrokerExtension;

/**
 * Gives a {@link RabbitMq} to the parameters of tests, for {@code @ExtendWith(RabbitMqExtension.class)}: the shared one, or with
 * {@link io.anyqueue.testbrokers.Own} one for the test alone. Safe for use by many threads.
 */
public final class RabbitMqExtension extends BrokerExtension<RabbitMq> {
    /** Called by JUnit. */
    public RabbitMqExtension() {
        super(RabbitMq.NAME, RabbitMq.class, RabbitMq::shared, RabbitMq::own);
    }
}

package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.BrokerExtension;

/**
 * Gives a {@link Kafka} to the parameters of tests, for {@code @ExtendWith(KafkaExtension.class)}: the shared one, or with
 * {@link io.anyqueue.testbrokers.Own} one for the test alone. Safe for use by many threads.
 */
public final class KafkaExtension extends BrokerExtension<Kafka> {
    /** Called by JUnit. */
    public KafkaExtension() {
        super(Kafka.NAME, Kafka.class, Kafka::shared, Kafka::own);
    }
}

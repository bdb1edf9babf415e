package io.anyqueue.core.client;

import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands for a consumer that {@code anyqueue.consumer.<name>.enabled=false} keeps from starting. */
final class DisabledConsumer implements MessageConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(DisabledConsumer.class);

    private final String name;

    DisabledConsumer(Spec spec) {
        this.name = spec.endpoint().name();
        LOG.info("the consumer of {} is not started: anyqueue.consumer.{}.enabled=false", name, name);
    }

    @Override
    public void pause() {
        // It does not run.
    }

    @Override
    public void resume() {
        // It stays disabled until the setting is changed and the process started again.
    }

    @Override
    public void concurrency(int handlers) {
        // It does not run.
    }

    @Override
    public boolean stop(Duration grace) {
        return true;
    }

    @Override
    public Health health() {
        return new Health(Health.Status.UP, List.of(name + " is disabled by its settings"));
    }
}

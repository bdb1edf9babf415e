package io.anyqueue.core.consume;

import io.anyqueue.Capabilities;
import io.anyqueue.LeaseModel;
import io.anyqueue.Limits;
import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.pipeline.Source;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What the parts of a consumer are made of when they are tested without it. */
final class Parts {
    private static final Duration NONE = Duration.ZERO;

    private Parts() {}

    /** {@return a source without a broker, for parts that ask none} */
    @SuppressWarnings("NullAway")
    static Source source() {
        Spec queue = Spec.of(Endpoint.queue("test"));
        Limits limits = new Limits(1_000, NONE, NONE, NONE, 10, 100, NONE, NONE, NONE, NONE);
        return new Source(
                queue,
                queue,
                new Capabilities("none", Map.of(), limits, LeaseModel.SESSION),
                null,
                TimeSource.system(),
                new Meters(Optional.empty()).consume("test"),
                null,
                null);
    }
}

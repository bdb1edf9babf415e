package io.anyqueue.core.config;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Codec;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** The components that the application gave, sorted by what they are. Immutable. */
public final class Components {
    /** A scheduler is an executor too: the more special sort is asked for first. */
    private static final List<Class<?>> SORTS = List.of(
            Broker.class,
            Codec.class,
            Clock.class,
            ScheduledExecutorService.class,
            Executor.class,
            MeterRegistry.class);

    private final Map<Class<?>, Object> single = new LinkedHashMap<>();
    private final List<Codec> codecs = new ArrayList<>();

    /** Refuses what is no component, and two of a sort other than codecs. */
    public Components(List<Object> given) {
        for (Object component : given) {
            Class<?> sort = SORTS.stream()
                    .filter(candidate -> candidate.isInstance(component))
                    .findFirst()
                    .orElseThrow(() -> invalid(component.getClass().getName()
                            + " is no component of a client; there are "
                            + String.join(
                                    ", ",
                                    SORTS.stream().map(Class::getSimpleName).toList())));
            if (component instanceof Codec codec) {
                codecs.add(codec);
            } else if (single.put(sort, component) != null) {
                throw invalid("two components are a " + sort.getSimpleName());
            }
        }
    }

    public List<Codec> codecs() {
        return List.copyOf(codecs);
    }

    public Optional<Broker> broker() {
        return find(Broker.class);
    }

    public Optional<Clock> clock() {
        return find(Clock.class);
    }

    public Optional<ScheduledExecutorService> scheduler() {
        return find(ScheduledExecutorService.class);
    }

    public Optional<Executor> executor() {
        return find(Executor.class);
    }

    public Optional<MeterRegistry> meters() {
        return find(MeterRegistry.class);
    }

    private <C> Optional<C> find(Class<C> sort) {
        return Optional.ofNullable(single.get(sort)).map(sort::cast);
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}

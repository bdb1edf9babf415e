package io.anyqueue.spi.support;

import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.BrokerEvents;
import io.anyqueue.spi.BrokerUrl;
import io.anyqueue.spi.Credentials;
import io.anyqueue.spi.TimeSource;
import io.anyqueue.spi.TlsOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A configuration whose time stands still and whose timers fire when the test says so. */
final class ManualConfig implements BrokerConfig {
    final AtomicLong nanos = new AtomicLong();
    final Timers timers = new Timers();

    record Timer(Duration delay, Runnable task, ScheduledFuture<?> future) {}

    /** Notes the timers in place of waiting for them. */
    static final class Timers extends ScheduledThreadPoolExecutor {
        private final List<Timer> all = new CopyOnWriteArrayList<>();

        Timers() {
            super(1);
        }

        /** {@return the timers that were neither fired nor cancelled} */
        List<Timer> pending() {
            return all.stream().filter(timer -> !timer.future().isDone()).toList();
        }

        /** Fires the pending timers of a delay; those that repeat stay. */
        void fire(Duration delay) {
            for (Timer timer : pending()) {
                if (timer.delay().equals(delay)) {
                    timer.task().run();
                }
            }
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            return note(task, Duration.of(delay, unit.toChronoUnit()));
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
            return note(task, Duration.of(delay, unit.toChronoUnit()));
        }

        private ScheduledFuture<?> note(Runnable task, Duration delay) {
            ScheduledFuture<?> future = super.schedule(() -> {}, 1000, TimeUnit.DAYS);
            all.add(new Timer(delay, task, future));
            return future;
        }
    }

    @Override
    public TimeSource time() {
        return new TimeSource() {
            @Override
            public long nanoTime() {
                return nanos.get();
            }

            @Override
            public long currentTimeMillis() {
                return nanos.get() / 1_000_000;
            }
        };
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return timers;
    }

    @Override
    public BrokerUrl url() {
        return BrokerUrl.parse("fake:");
    }

    @Override
    public Map<String, String> nativeProperties() {
        return Map.of();
    }

    @Override
    public Optional<Credentials> credentials() {
        return Optional.empty();
    }

    @Override
    public TlsOptions tls() {
        return TlsOptions.DEFAULT;
    }

    @Override
    public Executor executor() {
        return Runnable::run;
    }

    @Override
    public BrokerEvents events() {
        throw new UnsupportedOperationException("nothing is reported here");
    }
}

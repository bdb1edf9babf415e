package io.anyqueue.kafka.internal;

import io.anyqueue.spi.BrokerConfig;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What closing needs of the client's scheduler and executor, which an application may have closed before. Stateless; safe for use
 * by any thread.
 */
final class Timers {
    private Timers() {}

    /**
     * Runs something when a limit is over, or at once where nothing can be timed any more.
     *
     * @return what cancels it
     */
    static Runnable after(BrokerConfig config, Duration limit, Runnable task) {
        long millis = limit.isNegative() ? 0 : limit.compareTo(Duration.ofDays(1)) > 0 ? 86_400_000 : limit.toMillis();
        try {
            ScheduledFuture<?> timer = config.scheduler().schedule(task, millis, TimeUnit.MILLISECONDS);
            return () -> timer.cancel(false);
        } catch (RejectedExecutionException e) {
            task.run();
            return () -> {};
        }
    }

    /** Runs what may block on the client's executor, or on a thread of its own where that takes nothing any more. */
    static void blocking(BrokerConfig config, Runnable task) {
        try {
            config.executor().execute(task);
        } catch (RejectedExecutionException e) {
            Thread thread = new Thread(task, "anyqueue-kafka-closing");
            thread.setDaemon(true);
            thread.start();
        }
    }
}

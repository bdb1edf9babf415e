package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.jspecify.annotations.Nullable;

/**
 * Whether the cluster answers: the client library's clients try again in silence, however long it is away, so somebody has to ask. Safe for
 * use by any thread; asks once a second, as long as somebody wants to know.
 */
final class ClusterHealth {
    private static final long PERIOD_MILLIS = 1_000;
    private static final int LIMIT_MILLIS = 3_000;

    /** Hears of changes; on the client library's thread, and waits for nothing. */
    interface Watcher {
        void up();

        void down(QueueException why);
    }

    private final Clients clients;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean asking = new AtomicBoolean();
    private @Nullable Future<?> timer;
    private boolean closed;
    private volatile @Nullable QueueException failure;

    ClusterHealth(Clients clients) {
        this.clients = clients;
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
        begin();
    }

    /** Somebody else asked the cluster in vain. */
    void heard(QueueException why) {
        switch (why.code()) {
            case UNAVAILABLE, TIMEOUT, UNAUTHENTICATED -> {
                begin();
                failed(why);
            }
            default -> {
                // It has answered.
            }
        }
    }

    private void begin() {
        synchronized (this) {
            if (timer == null && !closed) {
                try {
                    timer = clients.config()
                            .scheduler()
                            .scheduleWithFixedDelay(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
                } catch (RejectedExecutionException e) {
                    closed = true;
                }
            }
        }
    }

    void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    boolean isUp() {
        return failure == null;
    }

    @Nullable
    QueueException failure() {
        return failure;
    }

    void close() {
        synchronized (this) {
            closed = true;
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }

    private void look() {
        if ((!watchers.isEmpty() || failure != null) && asking.compareAndSet(false, true)) {
            Timers.blocking(clients.config(), this::ask);
        }
    }

    private void ask() {
        try {
            var unused = clients.admin()
                    .describeCluster(new DescribeClusterOptions().timeoutMs(LIMIT_MILLIS))
                    .nodes()
                    .toCompletionStage()
                    .whenComplete((nodes, thrown) -> answered(thrown));
        } catch (RuntimeException e) {
            answered(e);
        }
    }

    private void answered(@Nullable Throwable thrown) {
        asking.set(false);
        QueueException before = failure;
        if (thrown == null) {
            failure = null;
            if (before != null) {
                watchers.forEach(Watcher::up);
            }
            return;
        }
        failed(Failures.of("reach the cluster", thrown));
    }

    private void failed(QueueException why) {
        QueueException before = failure;
        failure = why;
        if (before == null) {
            watchers.forEach(watcher -> watcher.down(why));
        }
    }
}

package io.anyqueue.kafka.internal;

import io.anyqueue.kafka.internal.Commits.Outcome;
import java.time.Duration;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a consumer: what is settled is committed, and the group is left, each step bounded. The polling thread's. */
final class Departure {
    private static final Logger LOG = LoggerFactory.getLogger(Departure.class);
    private static final Duration COMMIT_LIMIT = Duration.ofSeconds(2);
    private static final Duration COMMITS_LIMIT = Duration.ofSeconds(5);
    private static final Duration CLOSE_LIMIT = Duration.ofMinutes(1);
    private static final long SLICE_MILLIS = 5;
    private static final Duration AGAIN = Duration.ofMillis(20);

    private final String name;
    private final Assigned assigned;
    private final Marks marks;
    private final Commits commits;
    private final Rebalances rebalances;
    private final Ending ending;

    Departure(String name, Assigned assigned, Marks marks, Commits commits, Rebalances rebalances, Ending ending) {
        this.name = name;
        this.assigned = assigned;
        this.marks = marks;
        this.commits = commits;
        this.rebalances = rebalances;
        this.ending = ending;
    }

    /** Gives up a consumer that does not work. */
    void discard(@Nullable Consumer<byte[], byte[]> consumer) {
        rebalances.lose(assigned.takeAll());
        marks.forget();
        if (consumer != null) {
            close(consumer, COMMIT_LIMIT);
        }
    }

    void leave(@Nullable Consumer<byte[], byte[]> consumer) {
        assigned.all().forEach(rebalances::withdraw);
        if (consumer != null) {
            endAfterMoves(consumer);
        }
        assigned.all().forEach(PartitionTracker::end);
        if (consumer == null) {
            commits.close(ending.left(COMMIT_LIMIT));
            return;
        }
        try {
            lastCommit(consumer);
        } catch (RuntimeException e) {
            LOG.debug("{}: no last commit", name, e);
        }
        marks.forget();
        commits.close(ending.left(COMMITS_LIMIT));
        close(consumer, ending.left(CLOSE_LIMIT));
    }

    /** What was taken is stored, if that is possible in time. */
    private void endAfterMoves(Consumer<byte[], byte[]> consumer) {
        long until = System.nanoTime() + ending.left(COMMITS_LIMIT).toNanos();
        while (!tryToEnd() && System.nanoTime() - until < 0) {
            try {
                commits.proceed();
                marks.commit(consumer);
                Thread.sleep(SLICE_MILLIS);
            } catch (InterruptedException e) {
                LOG.debug("{}: nobody interrupts this thread", name, e);
            } catch (RuntimeException e) {
                LOG.debug("{}: no commit while leaving", name, e);
            }
        }
    }

    private boolean tryToEnd() {
        return commits.isIdle() && assigned.all().stream().allMatch(PartitionTracker::endUnlessCopying);
    }

    /** While partitions change hands nothing can be committed, and that goes on only while this polls. */
    private void lastCommit(Consumer<byte[], byte[]> consumer) {
        Outcome last = commits.last(consumer, assigned.all(), ending.left(COMMIT_LIMIT));
        long until = System.nanoTime() + ending.left(COMMITS_LIMIT).toNanos();
        while (last != Outcome.DONE && System.nanoTime() - until < 0) {
            consumer.pause(consumer.assignment());
            try {
                var unused = consumer.poll(AGAIN);
            } catch (WakeupException e) {
                LOG.trace("{}: woken while leaving", name);
            }
            last = commits.last(consumer, assigned.all(), ending.left(COMMIT_LIMIT));
        }
        LOG.debug("{}: last commit: {}", name, last);
    }

    private void close(Consumer<byte[], byte[]> consumer, Duration limit) {
        try {
            consumer.close(CloseOptions.timeout(limit));
        } catch (RuntimeException e) {
            LOG.debug("{}: a consumer did not close in order", name, e);
        }
    }
}

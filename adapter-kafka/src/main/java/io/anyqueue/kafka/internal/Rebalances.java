package io.anyqueue.kafka.internal;

import io.anyqueue.kafka.internal.Commits.Outcome;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Partitions come and go, while polling: the only time that the polling thread, whose this is, waits for handlers, up to a limit. */
final class Rebalances implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(Rebalances.class);
    private static final Duration COMMIT_LIMIT = Duration.ofSeconds(2);
    private static final long DRAIN_SLICE_MILLIS = 20;
    private static final long REJOIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String name;
    private final Clients clients;
    private final Assigned assigned;
    private final Marks marks;
    private final Commits commits;
    private final Inbox inbox;
    private final Notices notices;
    private final Ending ending;
    private @Nullable Consumer<byte[], byte[]> consumer;
    private boolean resigned;
    private long rejoinNanos;

    Rebalances(
            String name,
            Clients clients,
            Assigned assigned,
            Marks marks,
            Commits commits,
            Inbox inbox,
            Notices notices,
            Ending ending) {
        this.name = name;
        this.clients = clients;
        this.assigned = assigned;
        this.marks = marks;
        this.commits = commits;
        this.inbox = inbox;
        this.notices = notices;
        this.ending = ending;
    }

    /** From now on it is about this consumer; null for none. */
    void of(@Nullable Consumer<byte[], byte[]> present) {
        consumer = present;
    }

    /** {@return whether the session was lost} Then the consumer is given up, or others could not take over what it held. */
    boolean isResigned() {
        return resigned;
    }

    /** Joins again some time after the session was lost. */
    void rejoin() {
        if (System.nanoTime() - rejoinNanos >= 0) {
            resigned = false;
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (ending.isBegun() || resigned) {
            return; // These will be given up at once, and nothing is begun with them.
        }
        assigned.again(partitions);
        if (consumer != null) {
            assigned.initialize(consumer);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        // They are committed with the others while they are drained.
        List<PartitionTracker> going = assigned.of(partitions);
        if (going.isEmpty()) {
            // Of these it was not known yet where they begin.
            var unknown = assigned.take(partitions);
            LOG.trace("{}: nothing to end in {}", name, unknown);
            return;
        }
        going.forEach(this::withdraw);
        if (!ending.isBegun()) {
            drain(going);
        }
        // Out of all commits but this one, so that none follows it which says that its session is open.
        var unused = assigned.take(partitions);
        going.forEach(PartitionTracker::end);
        try {
            if (consumer != null) {
                Outcome outcome = commits.last(consumer, going, COMMIT_LIMIT);
                LOG.debug("{}: last commit of {}: {}", name, going, outcome);
            }
        } catch (RuntimeException e) {
            LOG.debug("{}: no last commit of {}", name, going, e);
        }
        going.stream().filter(PartitionTracker::isUnsettled).forEach(notices::lost);
    }

    /** The deliveries of these are somebody else's: no commit. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        lose(assigned.take(partitions));
        resigned = true;
        rejoinNanos = System.nanoTime() + REJOIN_NANOS;
    }

    void lose(List<PartitionTracker> lost) {
        lost.forEach(this::withdraw);
        lost.forEach(PartitionTracker::end);
        // Only where something is out: an epoch of which nothing was handed out may come again.
        lost.stream().filter(PartitionTracker::isUnsettled).forEach(notices::lost);
    }

    /** Hands out no more of a partition. */
    void withdraw(PartitionTracker tracker) {
        tracker.withdraw();
        marks.withdraw(tracker);
        inbox.drop(tracker);
    }

    /** Handlers end when what they moved is stored. */
    private void commit() {
        if (consumer != null && commits.endByThemselves()) {
            commits.proceed();
            marks.commit(consumer);
        }
    }

    /** Waits until nothing of the partitions is left with handlers, up to a limit. */
    private void drain(List<PartitionTracker> going) {
        long limit = clients.settings().drainTimeout().toNanos();
        long until = clients.config().time().nanoTime() + limit;
        long since = System.nanoTime();
        List<CompletableFuture<Void>> left = going.stream()
                .map(tracker -> notices.revoking(tracker, until).toCompletableFuture())
                .toList();
        CompletableFuture<Void> all = CompletableFuture.allOf(left.toArray(CompletableFuture[]::new));
        while (!ending.isBegun() && System.nanoTime() - since < limit) {
            commit();
            if (all.isDone()
                    && commits.isIdle()
                    && going.stream().allMatch(tracker -> !tracker.isUnsettled() && tracker.endUnlessCopying())) {
                return;
            }
            try {
                if (all.isDone()) {
                    Thread.sleep(DRAIN_SLICE_MILLIS); // Said to be drained, and something is on its way to be settled.
                }
                all.get(DRAIN_SLICE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                LOG.trace("{}: {} not drained yet", name, going);
            } catch (ExecutionException e) {
                return;
            } catch (InterruptedException e) {
                LOG.debug("{}: nobody interrupts this thread", name, e);
            }
        }
    }
}

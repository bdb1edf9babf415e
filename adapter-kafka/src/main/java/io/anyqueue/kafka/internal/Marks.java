package io.anyqueue.kafka.internal;

import io.anyqueue.kafka.internal.Commits.Outcome;
import io.anyqueue.kafka.internal.PartitionTracker.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was fetched and is handed out once the group has a commit that says so (rule DLQ-3). One commit is under way at a time, and shows the
 * state of all partitions; the next one begins when it ends. The polling thread's, on which commits end too, but for flushing.
 */
final class Marks {
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Assigned assigned;
    private final Commits commits;
    private final Inbox inbox;
    private final Notices notices;
    private final List<KafkaDelivery> fetched = new ArrayList<>();
    private final List<KafkaDelivery> underWay = new ArrayList<>();
    private final Queue<CompletableFuture<Void>> flushes = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Void>> flushing = new ArrayList<>();
    /** Of both lists. */
    private long bytes;

    private long endedNanos;
    /** Which commit is awaited; null for none. */
    private @Nullable Object awaited;

    Marks(Assigned assigned, Commits commits, Inbox inbox, Notices notices) {
        this.assigned = assigned;
        this.commits = commits;
        this.inbox = inbox;
        this.notices = notices;
    }

    void add(KafkaDelivery delivery) {
        fetched.add(delivery);
        bytes += delivery.size();
    }

    int size() {
        return fetched.size() + underWay.size();
    }

    long bytes() {
        return bytes;
    }

    /** {@return whether a commit has to be tried again} */
    boolean isHeldUp() {
        return awaited == null && (!fetched.isEmpty() || commits.isWanted());
    }

    void withdraw(PartitionTracker tracker) {
        fetched.removeIf(delivery -> isRemoved(delivery, tracker));
        underWay.removeIf(delivery -> isRemoved(delivery, tracker));
    }

    private boolean isRemoved(KafkaDelivery delivery, PartitionTracker tracker) {
        boolean removed = delivery.tracker() == tracker;
        bytes -= removed ? delivery.size() : 0;
        return removed;
    }

    /** {@return completes with the commit of what is settled now} Any thread's; the polling one has to be woken. */
    CompletableFuture<Void> flush() {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        flushes.add(flushed);
        return flushed;
    }

    /** Nothing more will be committed. Any thread's. */
    void endFlushes() {
        CompletableFuture<Void> next = flushes.poll();
        while (next != null) {
            next.complete(null);
            next = flushes.poll();
        }
    }

    /** The consumer is given up, and its commit with it. */
    void forget() {
        awaited = null;
        fetched.clear();
        underWay.clear();
        bytes = 0;
        flushes.addAll(flushing);
        flushing.clear();
        commits.forget();
    }

    /** Begins a commit if it is time. */
    void commit(Consumer<byte[], byte[]> consumer) {
        boolean urgent = isUrgent();
        if (awaited == null && (urgent || System.nanoTime() - endedNanos >= PERIOD_NANOS)) {
            begin(consumer);
        }
    }

    private boolean isUrgent() {
        return !fetched.isEmpty() || !flushes.isEmpty() || commits.isWanted();
    }

    private void begin(Consumer<byte[], byte[]> consumer) {
        CompletableFuture<Void> next = flushes.poll();
        while (next != null) {
            flushing.add(next);
            next = flushes.poll();
        }
        underWay.addAll(fetched);
        fetched.clear();
        commits.gather();
        Map<PartitionTracker, Snapshot> state = Commits.snapshots(assigned.dirty(), true);
        Object mine = new Object();
        awaited = mine;
        if (state.isEmpty()) {
            commits.forget();
            ended(consumer, mine, state, Outcome.DONE);
        } else {
            commits.begin(consumer, state, outcome -> ended(consumer, mine, state, outcome));
        }
    }

    private void ended(
            Consumer<byte[], byte[]> consumer, Object which, Map<PartitionTracker, Snapshot> state, Outcome outcome) {
        if (which != awaited) {
            return;
        }
        awaited = null;
        endedNanos = System.nanoTime();
        if (outcome == Outcome.DONE) {
            state.forEach(PartitionTracker::committed);
            flushing.forEach(flushed -> flushed.complete(null));
            flushing.clear();
            handOut(underWay);
            underWay.clear();
            if (isUrgent()) {
                begin(consumer);
            }
            return;
        }
        flushes.addAll(flushing);
        flushing.clear();
        if (outcome == Outcome.CHANGING) {
            // That may take as long as the slowest handler of another consumer. At worst a crash is not counted.
            List<KafkaDelivery> known = underWay.stream()
                    .filter(delivery -> delivery.tracker().isMarked())
                    .toList();
            underWay.removeIf(delivery -> delivery.tracker().isMarked());
            handOut(known);
        }
        fetched.addAll(0, underWay);
        underWay.clear();
    }

    private void handOut(List<KafkaDelivery> deliveries) {
        deliveries.forEach(delivery -> bytes -= delivery.size());
        if (!deliveries.isEmpty() && inbox.add(deliveries)) {
            notices.readable();
        }
    }
}

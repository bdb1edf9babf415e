package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.PartitionTracker.Snapshot;
import io.anyqueue.kafka.internal.Transaction.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what is settled in transactions, together with the records that follow from it (rule SET-5): what was given while one was under
 * way goes with the next. All commits are transactions, so that none can arrive late and take back what a newer one said. The
 * polling thread's, but for {@link #move}.
 */
final class TransactionalCommits implements Commits, Moves {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionalCommits.class);
    /** So much goes with one transaction. */
    private static final int MOST_MOVES = 500;

    private static final long MOST_BYTES = 8L * 1024 * 1024;
    /** So long a move is tried again while partitions change hands. */
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(8);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String name;
    private final Transactor transactor;
    private final Runnable wake;
    private final Deque<Move> waiting = new ConcurrentLinkedDeque<>();
    private final List<Move> gathered = new ArrayList<>();
    private volatile boolean closed;
    /** In the order in which they are carried out; more than one only after a consumer was given up. */
    private final Deque<UnderWay> underWay = new ConcurrentLinkedDeque<>();

    private @Nullable QueueException problem;

    TransactionalCommits(String name, Transactor transactor, Runnable wake) {
        this.name = name;
        this.transactor = transactor;
        this.wake = wake;
    }

    /** A transaction that was begun, and whom to tell. */
    private record UnderWay(
            Transaction transaction,
            CompletableFuture<Result> result,
            java.util.function.Consumer<Outcome> ended,
            long sinceNanos) {}

    @Override
    public void move(List<? extends Move> moves) {
        waiting.addAll(moves);
        if (closed) {
            endAll();
        } else if (underWay.isEmpty()) {
            wake.run();
        }
    }

    @Override
    public boolean isWanted() {
        return !waiting.isEmpty();
    }

    @Override
    public boolean isIdle() {
        return waiting.isEmpty()
                && underWay.stream().allMatch(each -> each.transaction().moves().isEmpty());
    }

    @Override
    public boolean endByThemselves() {
        return true;
    }

    @Override
    public void forget() {
        problem = null;
    }

    @Override
    public @Nullable QueueException problem() {
        UnderWay oldest = underWay.peek();
        return oldest != null && System.nanoTime() - oldest.sinceNanos() > LONG_NANOS ? slow() : problem;
    }

    private QueueException slow() {
        return new QueueException(
                ErrorCode.UNAVAILABLE,
                "Kafka: a transaction of " + name + " has no answer for more than "
                        + TimeUnit.NANOSECONDS.toSeconds(LONG_NANOS) + " s");
    }

    @Override
    public void gather() {
        giveBack();
        fill();
        leaveOutOfReach();
    }

    private void fill() {
        long bytes = 0;
        Move next = waiting.poll();
        while (next != null) {
            boolean fits = gathered.isEmpty()
                    || (!next.isAlone() && gathered.size() < MOST_MOVES && bytes + next.bytes() <= MOST_BYTES);
            if (!fits) {
                waiting.addFirst(next);
                return;
            }
            if (next.tracker().moving(next.slot())) {
                gathered.add(next);
                bytes += next.bytes();
            } else {
                next.stale();
            }
            next = next.isAlone() && !gathered.isEmpty() ? null : waiting.poll();
        }
    }

    /** What was gathered for a commit that was not begun after all, such as for a failure, must not show as settled in another. */
    private void giveBack() {
        for (int i = gathered.size() - 1; i >= 0; i--) {
            Move move = gathered.get(i);
            move.tracker().moved(move.slot(), false);
            waiting.addFirst(move);
        }
        gathered.clear();
    }

    @Override
    public void begin(
            Consumer<byte[], byte[]> consumer,
            Map<PartitionTracker, Snapshot> state,
            java.util.function.Consumer<Outcome> ended) {
        ConsumerGroupMetadata group = consumer.groupMetadata();
        Transaction transaction = new Transaction(List.copyOf(gathered), state, group);
        gathered.clear();
        CompletableFuture<Result> result = isMember(group)
                ? transactor.run(transaction)
                : CompletableFuture.completedFuture(Result.changing(noMember()));
        underWay.add(new UnderWay(transaction, result, ended, System.nanoTime()));
        var unused = result.thenRun(wake);
    }

    /** A commit that names no member the group takes from anybody. */
    private static boolean isMember(ConsumerGroupMetadata group) {
        return group.generationId() >= 0 && !group.memberId().isEmpty();
    }

    private QueueException noMember() {
        return new QueueException(
                ErrorCode.UNAVAILABLE,
                "Kafka: the consumer of " + name + " is not a member of its group at the moment");
    }

    /**
     * What a commit has no room to describe would come again after a crash, so it waits until what is stuck before it is settled. Whatever is
     * left out needs room itself.
     */
    private void leaveOutOfReach() {
        boolean all = gathered.isEmpty();
        while (!all) {
            Map<PartitionTracker, Long> reach = new HashMap<>();
            gathered.forEach(move -> reach.computeIfAbsent(move.tracker(), TransactionalCommits::reach));
            all = !gathered.removeIf(move -> {
                boolean beyond = Objects.requireNonNull(reach.get(move.tracker())) <= move.slot().offset;
                if (beyond) {
                    leave(move);
                }
                return beyond;
            });
        }
    }

    private static long reach(PartitionTracker tracker) {
        return Ledger.reach(tracker.snapshot(true).offset());
    }

    private static void leave(Move move) {
        move.tracker().moved(move.slot(), false);
        move.failed(new QueueException(
                ErrorCode.RESOURCE_EXHAUSTED,
                "Kafka: " + move.tracker().shard() + " has a message that is not settled too far before "
                        + move.slot().offset + " for a commit to tell both apart"));
    }

    @Override
    public void proceed() {
        waiting.removeIf(move -> {
            boolean gone = !move.tracker().isAlive();
            if (gone) {
                move.stale();
            }
            return gone;
        });
        UnderWay present = underWay.peek();
        while (present != null && present.result().isDone()) {
            underWay.remove();
            Result result = present.result().join();
            settle(present.transaction(), result);
            present.ended().accept(result.outcome());
            present = underWay.peek();
        }
    }

    private void settle(Transaction transaction, Result result) {
        boolean done = result.outcome() == Outcome.DONE;
        LOG.debug("{}: {} moves: {}", name, transaction.moves().size(), result);
        boolean general = !result.ofRecord() && result.ofTopic() == null;
        problem = result.outcome() == Outcome.LATER && general ? result.why() : null;
        List<Move> again = new ArrayList<>();
        for (Move move : transaction.moves()) {
            move.tracker().moved(move.slot(), done);
            if (done) {
                move.done();
            } else if (!move.tracker().isAlive() && !result.unknown()) {
                move.stale();
            } else if (isTriedAgain(move, transaction, result)) {
                again.add(move);
            } else {
                move.failed(why(result));
            }
        }
        for (int i = again.size() - 1; i >= 0; i--) {
            waiting.addFirst(again.get(i));
        }
    }

    private static boolean isTriedAgain(Move move, Transaction transaction, Result result) {
        if (result.ofRecord() && transaction.moves().size() > 1) {
            move.separate();
            return true;
        }
        if (result.ofTopic() != null) {
            return !move.isTo(result.ofTopic());
        }
        return result.outcome() == Outcome.CHANGING && !result.unknown() && move.ageNanos() < PATIENCE_NANOS;
    }

    private QueueException why(Result result) {
        QueueException why = result.why();
        return why != null ? why : noMember();
    }

    @Override
    public boolean awaitUnderWay(Duration limit) {
        UnderWay before = underWay.peekLast();
        if (before != null && await(before.result(), System.nanoTime() + limit.toNanos()) == null) {
            return false;
        }
        proceed();
        return true;
    }

    @Override
    public Outcome last(Consumer<byte[], byte[]> consumer, Collection<PartitionTracker> trackers, Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        if (!awaitUnderWay(limit)) {
            return Outcome.LATER;
        }
        giveBack();
        List<PartitionTracker> changed = trackers.stream()
                .filter(tracker -> tracker.isMarked() || tracker.isDirty())
                .toList();
        ConsumerGroupMetadata group = consumer.groupMetadata();
        if (changed.isEmpty()) {
            return Outcome.DONE;
        }
        if (!isMember(group)) {
            return Outcome.CHANGING;
        }
        Transaction transaction = new Transaction(List.of(), Commits.snapshots(changed, false), group);
        Result result = await(transactor.run(transaction), until);
        return result == null ? Outcome.LATER : result.outcome();
    }

    private @Nullable Result await(CompletableFuture<Result> running, long untilNanos) {
        while (true) {
            try {
                return running.get(Math.max(0, untilNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return null;
            } catch (ExecutionException e) {
                throw new IllegalStateException("a transaction always has a result", e);
            } catch (InterruptedException e) {
                LOG.debug("{}: nobody interrupts this thread", name, e);
            }
        }
    }

    @Override
    public void close(Duration limit) {
        closed = true;
        transactor.close(limit);
        UnderWay last = underWay.poll();
        while (last != null) {
            Result result = last.result().getNow(Result.unknown(late()));
            settle(last.transaction(), result);
            last = underWay.poll();
        }
        endAll();
    }

    private QueueException late() {
        return new QueueException(
                ErrorCode.UNCONFIRMED,
                "Kafka: closing took longer than its limit, and what follows from messages of " + name
                        + " may be stored");
    }

    /** Nobody will store these. */
    private void endAll() {
        Move next = waiting.poll();
        while (next != null) {
            next.stale();
            next = waiting.poll();
        }
    }
}

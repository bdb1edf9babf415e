package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.spi.ReceiverListener.State;
import io.anyqueue.spi.ReceiverOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that owns a consumer: it polls all the time, so that the member stays in its group however slow handlers are, and waits for no
 * handler but when partitions move away ({@link Rebalances}). Other threads only leave a note and wake it.
 */
final class PollLoop implements Runnable, ClusterHealth.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);
    private static final long IDLE_MILLIS = 200;
    private static final long AGAIN_MILLIS = 20;

    private final Layout layout;
    private final String name;
    private final String consumerName;
    private final Clients clients;
    private final Inbox inbox;
    private final Window window;
    private final Notices notices;
    private final Assigned assigned;
    private final Commits commits;
    private final Marks marks;
    private final Wakeups wakeups;
    private final Rebalances rebalances;
    private final Missed missed;
    private final Departure departure;
    private final TopicWatch topics;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final Ending ending = new Ending();
    private final Pauses retries = new Pauses();
    private volatile boolean fullWindow;
    private volatile boolean away;
    private volatile @Nullable QueueException failure;
    private @Nullable Consumer<byte[], byte[]> consumer;

    PollLoop(
            Layout layout,
            ReceiverOptions options,
            Clients clients,
            Inbox inbox,
            Window window,
            Notices notices,
            Commits commits,
            Moves moves,
            Wakeups wakeups) {
        this.layout = layout;
        this.name = layout.endpoint().name();
        this.consumerName = options.consumer();
        this.clients = clients;
        this.inbox = inbox;
        this.window = window;
        this.notices = notices;
        this.topics = new TopicWatch(layout, clients);
        Beginnings beginnings = new Beginnings(layout, options.start(), topics, clients);
        this.assigned = new Assigned(layout, beginnings, inbox, clients, moves);
        this.commits = commits;
        this.wakeups = wakeups;
        this.marks = new Marks(assigned, commits, inbox, notices);
        this.rebalances = new Rebalances(name, clients, assigned, marks, commits, inbox, notices, ending);
        this.missed = new Missed(layout, clients, assigned, commits, rebalances);
        this.departure = new Departure(name, assigned, marks, commits, rebalances, ending);
    }

    // --- any thread's

    void begin() {
        if (!ending.isBegun() && begun.compareAndSet(false, true)) {
            Thread thread = new Thread(this, "anyqueue-kafka-" + consumerName);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Ends a poll that waits. */
    void wake() {
        wakeups.wake();
    }

    void polled() {
        if (fullWindow && window.isLow(inbox.size(), inbox.bytes())) {
            wake();
        }
    }

    CompletableFuture<Void> flush() {
        if (!begun.get()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> flushed = marks.flush();
        wake();
        if (ending.over().isDone()) {
            marks.endFlushes();
        }
        return flushed;
    }

    CompletableFuture<Void> close(Duration limit) {
        ending.begin(limit);
        if (begun.compareAndSet(false, true)) {
            ending.end();
        }
        wake();
        return ending.over();
    }

    Optional<String> note() {
        QueueException why = failure;
        return why == null ? Optional.empty() : Optional.of(name + ": " + why.getMessage());
    }

    @Override
    public void down(QueueException why) {
        failure = why;
        away = true;
        wake();
    }

    @Override
    public void up() {
        wake();
    }

    // --- the thread's own

    @Override
    public void run() {
        clients.health().watch(this);
        try {
            while (!ending.isBegun()) {
                step();
            }
        } catch (Throwable e) {
            LOG.error("{}: the thread that polls Kafka ended, which is a defect", name, e);
            failure = Failures.of("consume " + name, e);
            notices.state(State.BLOCKED, failure);
        } finally {
            clients.health().unwatch(this);
            try {
                departure.leave(consumer);
            } finally {
                ending.end();
                marks.endFlushes(); // What is flushed from now on sees that it is over.
            }
        }
    }

    private void step() {
        try {
            commits.proceed();
            if (rebalances.isResigned()) {
                resign();
                return;
            }
            topics.look(!assigned.isComplete());
            if (topicIsMissing()) {
                return;
            }
            rebalances.lose(assigned.takeReplaced());
            Consumer<byte[], byte[]> client = client();
            assigned.initialize(client);
            pause(client);
            accept(poll(client));
            assigned.due(clients.config().time().currentTimeMillis(), marks::add);
            marks.commit(client);
            report();
            retries.reset();
        } catch (WakeupException e) {
            LOG.trace("{}: woken outside of a poll", name);
        } catch (OffsetOutOfRangeException e) {
            outOfRange(e);
        } catch (NoOffsetForPartitionException e) {
            assigned.again(e.partitions());
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /**
     * Whoever lost its session is given another a little later, or others could not take over what it held; and in a pause nothing is begun
     * anew.
     */
    private void resign() {
        if (consumer != null) {
            discard();
        }
        if (!window.isClosed()) {
            rebalances.rejoin();
        }
        if (rebalances.isResigned()) {
            wakeups.sleep(IDLE_MILLIS);
        }
    }

    /** The client library waits for a topic in silence, so it is asked for while nothing is assigned. */
    private boolean topicIsMissing() {
        if (!assigned.isEmpty()) {
            return false;
        }
        QueueException why = topics.missing();
        if (why == null) {
            return false;
        }
        if (consumer != null) {
            discard();
        }
        failure = why;
        notices.state(State.BLOCKED, why);
        wakeups.sleep(IDLE_MILLIS);
        return true;
    }

    private Consumer<byte[], byte[]> client() {
        Consumer<byte[], byte[]> present = consumer;
        if (present != null) {
            return present;
        }
        Consumer<byte[], byte[]> made = clients.consumer(layout.group().orElseThrow(), consumerName);
        rebalances.of(made);
        made.subscribe(layout.sources(), rebalances);
        consumer = made;
        return made;
    }

    private void pause(Consumer<byte[], byte[]> client) {
        fullWindow = window.isFull(inbox.size() + marks.size(), inbox.bytes() + marks.bytes());
        List<TopicPartition> pause = new ArrayList<>();
        List<TopicPartition> resume = new ArrayList<>();
        var paused = client.paused();
        for (TopicPartition partition : client.assignment()) {
            boolean stop = fullWindow || assigned.isStopped(partition);
            if (stop != paused.contains(partition)) {
                (stop ? pause : resume).add(partition);
            }
        }
        if (!pause.isEmpty()) {
            client.pause(pause);
        }
        if (!resume.isEmpty()) {
            client.resume(resume);
        }
    }

    private ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> client) {
        long wait = Math.min(
                IDLE_MILLIS,
                Math.max(0, assigned.nextMillis() - clients.config().time().currentTimeMillis()));
        if (wakeups.polls(client)) {
            wait = 0;
        } else if (marks.isHeldUp()) {
            wait = Math.min(wait, AGAIN_MILLIS); // The commit failed, and is tried again.
        }
        try {
            return client.poll(Duration.ofMillis(wait));
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } finally {
            wakeups.polled();
        }
    }

    private void accept(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            PartitionTracker tracker = assigned.tracker(partition);
            if (tracker == null) {
                continue; // Its position is not known yet, and it is read again from there.
            }
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                assigned.accept(tracker, record, marks::add);
            }
        }
        records.nextOffsets().forEach((partition, next) -> {
            PartitionTracker tracker = assigned.tracker(partition);
            if (tracker != null) {
                tracker.advance(next.offset());
            }
        });
    }

    private void report() {
        QueueException problem = problem();
        if (problem != null) {
            failure = problem;
            notices.state(problem.code().retryable() ? State.RECONNECTING : State.BLOCKED, problem);
            return;
        }
        if (away && isBack()) {
            away = false;
        } else if (away) {
            notices.state(State.RECONNECTING, failure);
            return;
        }
        if (assigned.isComplete()) {
            failure = null;
            notices.state(assigned.isEmpty() ? State.IDLE : State.WORKING, null);
        }
    }

    private @Nullable QueueException problem() {
        QueueException ofCommits = commits.problem();
        if (ofCommits != null || consumer == null) {
            return ofCommits;
        }
        QueueException ofLeaders = topics.leaderless(consumer.assignment());
        return ofLeaders == null ? assigned.problem() : ofLeaders;
    }

    /** Whoever owns nothing has nobody to ask. */
    private boolean isBack() {
        boolean idle = assigned.isEmpty() && assigned.isComplete();
        return clients.health().isUp() && (idle || assigned.isReachable(consumer));
    }

    private void failed(RuntimeException e) {
        QueueException why = Failures.of("consume " + name, e);
        LOG.debug("{}: consuming failed, trying again", name, why);
        failure = why;
        notices.state(why.code().retryable() ? State.RECONNECTING : State.BLOCKED, why);
        away = true;
        discard();
        wakeups.sleep(retries.nextMillis());
    }

    /** Gives up a consumer that does not work. */
    private void discard() {
        Consumer<byte[], byte[]> old = consumer;
        consumer = null;
        rebalances.of(null);
        departure.discard(old);
    }

    private void outOfRange(OffsetOutOfRangeException e) {
        Consumer<byte[], byte[]> client = consumer;
        if (client == null) {
            return;
        }
        try {
            missed.goOn(client, e);
        } catch (WakeupException woken) {
            LOG.trace("{}: woken; the next poll says it again", name);
        } catch (RuntimeException failed) {
            failed(failed);
        }
    }
}

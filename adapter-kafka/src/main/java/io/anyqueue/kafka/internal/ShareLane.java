package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.ShareNotes.Note;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener.State;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member of a share group, and the thread that owns it. It fetches some records, keeps their locks until each of them is settled, and
 * only then fetches more, as the client library hands out nothing new to a member that renews a lock. So it never polls and waits
 * while it holds something, and nothing has to wake it from a poll. Other threads leave notes.
 */
final class ShareLane implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ShareLane.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long IDLE_MILLIS = 200;
    private static final Duration DISCARD_LIMIT = Duration.ofSeconds(1);

    private final ShareReceiver receiver;
    private final Layout layout;
    private final Clients clients;
    private final Notices notices;
    private final String name;
    private final String consumerName;
    private final boolean leads;
    private final TopicWatch topics;
    private final Pauses retries = new Pauses();
    private final ShareNotes notes = new ShareNotes();
    private final ShareHeld held;
    private final ShareKeeping keeping;
    private final ShareMoves moves;
    private final ShareArrivals arrivals;
    private final ShareDeparture departure;

    private volatile boolean closing;
    private volatile boolean holding;
    private volatile int size;
    private volatile boolean fed;
    private volatile @Nullable QueueException failure;
    private @Nullable ShareConsumer<byte[], byte[]> consumer;
    /** The client library goes on fetching after a poll that found nothing, until it has some records, and keeps them locked, unseen. */
    private boolean armed;

    /** One of a receiver's lanes leads, and tells that there is nothing to consume. */
    ShareLane(ShareReceiver receiver, String consumerName, boolean leads) {
        this.leads = leads;
        this.receiver = receiver;
        this.layout = receiver.layout();
        this.clients = receiver.clients();
        this.notices = receiver.notices();
        this.name = layout.endpoint().name();
        this.consumerName = consumerName;
        this.topics = new TopicWatch(layout, clients);
        this.held = new ShareHeld(notices);
        this.keeping = new ShareKeeping(this, receiver, held, name);
        this.moves = new ShareMoves(receiver, held);
        this.arrivals = new ShareArrivals(this, receiver, held, moves);
        this.departure = new ShareDeparture(name, held, notes, keeping.settling());
    }

    // --- any thread's

    void begin() {
        Thread thread = new Thread(this, "anyqueue-kafka-" + consumerName);
        thread.setDaemon(true);
        thread.start();
    }

    /** Settles what is claimed. */
    void settle(ShareDelivery delivery, AcknowledgeType type, Receiver.@Nullable Results results) {
        notes.add(new Note(delivery, type, results));
    }

    CompletableFuture<Void> flush() {
        return notes.flush();
    }

    void wake() {
        notes.wake();
    }

    /** {@return whether it fetches nothing before more is settled} */
    boolean isHolding() {
        return holding;
    }

    /** {@return how many records it takes at once; that is fixed for a member} */
    int size() {
        return size;
    }

    /** {@return whether it has got something since it is a member} */
    boolean isFed() {
        return fed;
    }

    Optional<String> note() {
        QueueException why = moves.failure().orElse(failure);
        return why == null ? Optional.empty() : Optional.of(name + ": " + why.getMessage());
    }

    CompletableFuture<Void> close(long byNanos) {
        departure.by(byNanos);
        closing = true;
        wake();
        return departure.ended();
    }

    // --- its thread's own

    @Override
    public void run() {
        try {
            while (!closing) {
                step();
            }
        } catch (Throwable e) {
            LOG.error("{}: a thread that consumes from Kafka ended, which is a defect", name, e);
            QueueException why = new QueueException(
                    ErrorCode.INTERNAL, "a thread that consumed '" + name + "' ended, which is a defect: " + e, e);
            failure = why;
            holding = true; // It is no spare one.
            notices.state(State.BLOCKED, why);
        } finally {
            var unused = receiver.buffer().takeBack(this, Integer.MAX_VALUE);
            departure.leave(consumer);
        }
    }

    private void step() {
        try {
            if (held.isEmpty() && receiver.lanes().mayReplace(this)) {
                forget(ShareDeparture.CLOSE_LIMIT);
            }
            ShareConsumer<byte[], byte[]> client = client();
            if (client == null) {
                return;
            }
            if (held.isEmpty() && (armed || receiver.wantsMore())) {
                fetch(client);
            } else {
                notes.await(held.isEmpty() ? IDLE_MILLIS : ShareKeeping.TICK_MILLIS);
            }
            keeping.settling().settleNoted(client, notes);
            if (!held.isEmpty()) {
                arrivals.accept(client, keeping.keep(client));
                armed |= keeping.wasFetching();
                moves.again();
            }
            holding = !held.isEmpty();
            if (holding) {
                receiver.lanes().oneHolds();
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private @Nullable ShareConsumer<byte[], byte[]> client() {
        ShareConsumer<byte[], byte[]> present = consumer;
        if (present != null) {
            return present;
        }
        if (isMissing()) {
            notes.refuse();
            notes.await(IDLE_MILLIS);
            return null;
        }
        try {
            ShareGroups.Terms terms = clients.shareGroups().prepare(layout, receiver.lease(), false);
            keeping.lockMillis(terms.lockMillis());
            arrivals.lastDelivery(terms.lastDelivery());
        } catch (Exception e) {
            throw Failures.of("consume " + name, e);
        }
        fed = false;
        size = receiver.fetchSize();
        ShareConsumer<byte[], byte[]> made =
                clients.shareConsumer(layout.group().orElseThrow(), consumerName, size);
        made.subscribe(List.of(layout.topic()));
        consumer = made;
        return made;
    }

    private boolean isMissing() {
        topics.look(consumer == null);
        QueueException absent = topics.missing();
        if (absent != null) {
            failure = absent;
            notices.state(State.BLOCKED, absent);
        }
        return absent != null;
    }

    private void fetch(ShareConsumer<byte[], byte[]> client) {
        long began = clients.config().time().nanoTime();
        armed = true;
        ConsumerRecords<byte[], byte[]> records = client.poll(POLL);
        armed = records.isEmpty();
        if (!armed) {
            fed = true;
            keeping.locked(began);
            if (receiver.wantsMore()) {
                arrivals.accept(client, records);
            } else {
                arrivals.refuse(client, records);
            }
        }
        retries.reset();
        report(armed);
    }

    private void report(boolean nothing) {
        if (leads && nothing && isMissing()) {
            return;
        }
        if (!clients.health().isUp()) {
            QueueException why = clients.health().failure();
            failure = why;
            notices.state(State.RECONNECTING, why);
            return;
        }
        failure = null;
        if (leads || !nothing) {
            notices.state(State.WORKING, null);
        }
    }

    private void failed(RuntimeException e) {
        QueueException why = Failures.of("consume " + name, e);
        LOG.debug("{}: consuming failed, trying again", name, why);
        failure = why;
        notices.state(why.code().retryable() ? State.RECONNECTING : State.BLOCKED, why);
        var unused = receiver.buffer().takeBack(this, Integer.MAX_VALUE);
        held.lose(delivery -> true); // The brokers unlock it.
        holding = false;
        forget(DISCARD_LIMIT);
        notes.refuse();
        notes.await(retries.nextMillis());
    }

    /** The next step makes another member. */
    private void forget(Duration limit) {
        ShareConsumer<byte[], byte[]> old = consumer;
        consumer = null;
        armed = false;
        departure.close(old, limit);
    }
}

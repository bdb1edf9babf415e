package io.anyqueue.samples.orders;

import io.anyqueue.samples.orders.OutcomeStore.StateException;
import io.anyqueue.samples.orders.Tally.Entry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The books of a run: by order id, what became of it and which subscriptions know. A message may come twice, after a crash
 * for instance; here the second changes nothing. What is noted survives a kill of the process when the method has returned, if
 * the {@link OutcomeStore} keeps anything: only then may the message be acknowledged.
 *
 * <p>Safe for use by any thread.
 */
final class Outcomes implements AutoCloseable {
    private final OutcomeStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition finished = lock.newCondition();
    private final Map<String, Entry> entries = new HashMap<>();
    private final Tally tally = new Tally();
    private int roomWanted = -1;
    private @Nullable Throwable failure;
    private boolean closed;

    Outcomes(OutcomeStore store) {
        this.store = store;
        inLock(() -> store.load(new Loader()));
    }

    /** What to do with an order that was read. */
    enum Next {
        /** Send it. */
        SEND,
        /** An earlier run has done all there was to do. */
        NOTHING,
        /** The same id was read before in this run. */
        REJECT
    }

    /**
     * Notes that an order was read. One with an outcome is sent again if its event has not reached everybody: the earlier run
     * may have been killed between the two. The handler finds the outcome and repeats only the event.
     */
    Next read(String orderId) {
        return locked(() -> {
            Entry entry = entry(orderId);
            if (entry.read) {
                return Next.REJECT;
            }
            change(entry, () -> entry.read = true);
            return entry.finished() ? Next.NOTHING : Next.SEND;
        });
    }

    /** Forgets that an order was read, as it could not be sent. */
    void unread(String orderId) {
        inLock(() -> {
            Entry entry = entry(orderId);
            change(entry, () -> entry.read = false);
        });
    }

    /** {@return the outcome of an order, if it is known} */
    Optional<Outcome> find(String orderId) {
        return locked(() -> Optional.ofNullable(entries.get(orderId)).map(entry -> entry.outcome));
    }

    /** {@return whether an order was read in this run and has no outcome yet} */
    boolean awaits(String orderId) {
        return locked(() -> {
            Entry entry = entries.get(orderId);
            return entry != null && entry.read && entry.outcome == null;
        });
    }

    /** Notes the outcome of an order; one that was noted before stays. */
    void settle(String orderId, Outcome outcome) {
        inLock(() -> {
            Entry entry = entry(orderId);
            boolean news = entry.outcome == null;
            if (news) {
                orFail(() -> store.outcome(orderId, outcome));
                change(entry, () -> entry.outcome = outcome);
            }
            tally.handled(!news);
        });
        orFail(store::sync);
    }

    /** Notes that the event of an order has reached a subscription. */
    void deliver(String orderId, Subscription subscription) {
        inLock(() -> {
            Entry entry = entry(orderId);
            boolean news = !entry.events.contains(subscription);
            if (news) {
                orFail(() -> store.event(orderId, subscription));
                change(entry, () -> entry.events.add(subscription));
            }
            tally.handled(!news);
        });
        orFail(store::sync);
    }

    Totals totals() {
        return locked(tally::totals);
    }

    /** Ends all waiting: the run has failed. The first failure counts. */
    void fail(Throwable cause) {
        inLock(() -> {
            if (failure == null) {
                failure = cause;
            }
            room.signalAll();
            finished.signalAll();
        });
    }

    /**
     * Waits while this many orders are on their way, so that the input is read no faster than it is handled. It waits until
     * half of them are done: to wake for each one would cost more than to handle it.
     *
     * @param orders the limit
     * @param limit how long to wait at most
     * @return whether there is room; false after the time is up
     * @throws RunFailedException if the run has failed
     * @throws InterruptedException if the thread is interrupted
     */
    boolean awaitRoom(int orders, Duration limit) throws RunFailedException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (failure == null && tally.underWay() < orders) {
                return true;
            }
            roomWanted = orders / 2;
            return await(room, () -> tally.underWay() <= roomWanted, limit);
        } finally {
            roomWanted = -1;
            lock.unlock();
        }
    }

    /**
     * Waits until every order has its outcome and every event has reached every subscription.
     *
     * @param limit how long to wait at most
     * @return whether it is so; false after the time is up
     * @throws RunFailedException if the run has failed
     * @throws InterruptedException if the thread is interrupted
     */
    boolean awaitFinished(Duration limit) throws RunFailedException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return await(finished, () -> tally.unfinished() == 0, limit);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        inLock(() -> {
            if (!closed) {
                closed = true;
                store.close();
            }
        });
    }

    private boolean await(Condition signal, BooleanSupplier reached, Duration limit)
            throws RunFailedException, InterruptedException {
        long nanos = limit.toNanos();
        while (failure == null && !reached.getAsBoolean()) {
            if (nanos <= 0) {
                return false;
            }
            nanos = signal.awaitNanos(nanos);
        }
        if (failure != null) {
            throw new RunFailedException(String.valueOf(failure.getMessage()), failure);
        }
        return true;
    }

    private Entry entry(String orderId) {
        return entries.computeIfAbsent(orderId, id -> {
            Entry created = new Entry(store.keeps());
            tally.add(created);
            return created;
        });
    }

    /** Takes the entry out of the figures, changes it and puts it back: so the figures are always those of the entries. */
    private void change(Entry entry, Runnable change) {
        tally.remove(entry);
        change.run();
        tally.add(entry);
        if (tally.underWay() <= roomWanted) {
            room.signalAll();
        }
        if (tally.unfinished() == 0) {
            finished.signalAll();
        }
    }

    /** A state that cannot be written ends the run: to handle the message again would not mend it. */
    private void orFail(Runnable write) {
        try {
            write.run();
        } catch (StateException e) {
            fail(e);
            throw e;
        }
    }

    private void inLock(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    private <R> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** Takes what earlier runs have kept. */
    private final class Loader implements OutcomeStore.Loader {
        @Override
        public void outcome(String orderId, Outcome outcome) {
            Entry entry = entry(orderId);
            change(entry, () -> entry.outcome = outcome);
        }

        @Override
        public void event(String orderId, Subscription subscription) {
            Entry entry = entry(orderId);
            change(entry, () -> entry.events.add(subscription));
        }
    }
}

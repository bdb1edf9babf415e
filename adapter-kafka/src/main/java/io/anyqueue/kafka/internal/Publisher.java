package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records and tells what became of them (rules SND-1, SND-2). Safe for use by any thread: the client library sends at once, on the
 * caller's thread, or fails as it would have to wait; then a thread tries again for some seconds, in the order of the calls. Results come on the client library's thread. What is on its way is bounded, and is unknown once closing has taken too long.
 */
final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    /** So much may be on its way. The runtime has its own budget, so this is for who has none. */
    private static final long MOST_BYTES = 128L * 1024 * 1024;

    /** So many with a result may be kept behind one without. */
    private static final int MOST_ENDED = 10_000;

    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final String what;
    private final Clients clients;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Outbound> queue = new ArrayDeque<>();
    /** Guarded by the lock. Those that have their result are among them until they are the first, or too many. */
    private final Deque<Outbound> underWay = new ArrayDeque<>();
    /** How many of these have no result. */
    private final AtomicInteger open = new AtomicInteger();

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private boolean feeding;

    Publisher(String what, Clients clients) {
        this.what = what;
        this.clients = clients;
    }

    void publish(List<? extends Outbound> batch) {
        reject(offer(batch));
    }

    /** {@return what is not taken, for {@link #reject}} Calls nothing back, so it may be called under a lock. */
    List<Refused> offer(List<? extends Outbound> batch) {
        List<Refused> refused = new ArrayList<>(0);
        lock.lock();
        try {
            for (Outbound outbound : batch) {
                boolean full = bytes.get() > MOST_BYTES;
                open.incrementAndGet();
                bytes.addAndGet(outbound.bytes());
                underWay.add(outbound);
                if (closing.get() || full) {
                    refused.add(new Refused(outbound, refusal()));
                } else {
                    begin(outbound, refused);
                }
            }
            forgetEnded();
        } finally {
            lock.unlock();
        }
        return refused;
    }

    /** Results come about in order, so mostly the first have theirs. */
    private void forgetEnded() {
        Outbound first = underWay.peek();
        while (first != null && first.isTold()) {
            underWay.remove();
            first = underWay.peek();
        }
        if (underWay.size() > MOST_ENDED && underWay.size() / 2 > open.get()) {
            underWay.removeIf(Outbound::isTold);
        }
    }

    /** Sends at once, if nobody is before it and it need not wait. */
    private void begin(Outbound outbound, List<Refused> refused) {
        Producer<byte[], byte[]> producer = feeding ? null : clients.presentProducer();
        if (producer != null) {
            Exception failure = new Sent(producer, outbound).send(producer);
            if (failure == null) {
                return;
            }
            if (!Attempt.wouldWait(failure)) {
                refused.add(new Refused(outbound, explained(producer, failure)));
                return;
            }
        }
        queue.add(outbound);
        if (!feeding) {
            feeding = true;
            Timers.blocking(clients.config(), this::feed);
        }
    }

    /**
     * Something that is not sent.
     *
     * @param outbound what
     * @param why why
     */
    record Refused(Outbound outbound, QueueException why) {}

    void reject(List<Refused> refused) {
        refused.forEach(each -> reject(each.outbound(), each.why()));
    }

    private QueueException refusal() {
        return closing.get()
                ? closedFailure()
                : new QueueException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        "Kafka: cannot " + what + ": " + MOST_BYTES
                                + " bytes are on their way and not confirmed; wait for some");
    }

    private QueueException closedFailure() {
        return new QueueException(ErrorCode.CLOSED, "Kafka: cannot " + what + ": it is closed");
    }

    /** Sends what had to wait, in order; meanwhile all else waits behind it. */
    private void feed() {
        boolean patient = true;
        Outbound next = head();
        while (next != null) {
            try {
                // Whoever waited in vain has waited for all behind him.
                patient = feed(next, patient ? WAIT_NANOS : 0);
            } catch (Throwable e) {
                // Whatever it is: behind it others wait.
                reject(next, Failures.of(what, e));
            }
            next = next();
        }
    }

    private @Nullable Outbound head() {
        lock.lock();
        try {
            return queue.peek();
        } finally {
            lock.unlock();
        }
    }

    /** {@return what is behind the first, which is done with; null for nothing, then this thread is not needed any more} */
    private @Nullable Outbound next() {
        lock.lock();
        try {
            queue.remove();
            feeding = !queue.isEmpty();
            return queue.peek();
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether it was not in vain} */
    private boolean feed(Outbound outbound, long patienceNanos) {
        long until = System.nanoTime()
                + Math.min(patienceNanos, clients.settings().confirmTimeout().toNanos());
        while (true) {
            Producer<byte[], byte[]> producer = clients.producer();
            Exception failure = new Sent(producer, outbound).send(producer);
            if (failure == null) {
                return true;
            }
            if (!Attempt.wouldWait(failure) || System.nanoTime() - until > 0) {
                reject(outbound, explained(producer, failure));
                return !Attempt.wouldWait(failure);
            }
            LockSupport.parkNanos(AGAIN_NANOS);
        }
    }

    private QueueException explained(Producer<byte[], byte[]> producer, Exception failure) {
        QueueException why = Failures.of(what, failure);
        discardIfBroken(producer, failure, why);
        return why;
    }

    private final class Sent extends Attempt {
        private final Producer<byte[], byte[]> producer;
        private final Outbound outbound;

        Sent(Producer<byte[], byte[]> producer, Outbound outbound) {
            super(outbound);
            this.producer = producer;
            this.outbound = outbound;
        }

        @Override
        void ended(@Nullable Exception failure) {
            if (failure == null) {
                end(outbound, outbound::confirmed);
            } else {
                failed(producer, outbound, failure);
            }
        }
    }

    private void discardIfBroken(Producer<byte[], byte[]> producer, Throwable failure, QueueException why) {
        boolean ofOneTopic = Failures.unwrapped(failure) instanceof TopicAuthorizationException;
        switch (why.code()) {
            case UNAUTHENTICATED, FORBIDDEN, INTERNAL -> {
                if (!ofOneTopic) {
                    clients.discard(producer);
                }
            }
            default -> {
                // The next send may do.
            }
        }
    }

    private void failed(Producer<byte[], byte[]> producer, Outbound outbound, Exception failure) {
        QueueException why = explained(producer, failure);
        Throwable cause = Failures.unwrapped(failure);
        if (cause instanceof TimeoutException) {
            QueueException late = new QueueException(ErrorCode.TIMEOUT, String.valueOf(why.getMessage()), failure);
            end(outbound, () -> outbound.unknown(late));
        } else if (cause instanceof RetriableException || why.code() == ErrorCode.INTERNAL) {
            end(outbound, () -> outbound.unknown(why));
        } else {
            reject(outbound, why);
        }
    }

    private void reject(Outbound outbound, QueueException why) {
        end(outbound, () -> outbound.rejected(why));
    }

    private void end(Outbound outbound, Runnable result) {
        if (!outbound.tell()) {
            return;
        }
        bytes.addAndGet(-outbound.bytes());
        try {
            result.run();
        } catch (Throwable e) {
            LOG.error("Kafka: a callback of '{}' failed, which it must not", what, e);
        }
        if (open.decrementAndGet() == 0) {
            allEnded();
        }
    }

    private void allEnded() {
        lock.lock();
        try {
            forgetEnded();
        } finally {
            lock.unlock();
        }
        if (closing.get()) {
            closed.complete(null);
        }
    }

    /** Whoever closes it once more may wait for less. */
    CompletionStage<Void> close(Duration limit) {
        beginClosing();
        if (open.get() == 0) {
            closed.complete(null);
        } else {
            Runnable timer = Timers.after(clients.config(), limit, this::giveUp);
            var unused = closed.whenComplete((done, failure) -> timer.run());
        }
        return closed;
    }

    /** Under the lock, so that nobody is between looking and adding. */
    private void beginClosing() {
        lock.lock();
        try {
            closing.set(true);
        } finally {
            lock.unlock();
        }
    }

    private void giveUp() {
        QueueException why = new QueueException(
                ErrorCode.TIMEOUT, "Kafka: cannot " + what + ": closing took longer than its limit; it may be stored");
        left().forEach(outbound -> end(outbound, () -> outbound.unknown(why)));
        closed.complete(null);
    }

    private List<Outbound> left() {
        lock.lock();
        try {
            return List.copyOf(underWay);
        } finally {
            lock.unlock();
        }
    }

    /** {@return completes when it is closed} */
    CompletionStage<Void> closed() {
        return closed;
    }
}

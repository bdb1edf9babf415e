package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.kafka.internal.Publisher.Refused;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends to one destination. Safe for use by any thread; encodes on the caller's, results come on the client library's. What is sent while
 * it is not known whether the topic exists waits here for the answer, in order.
 */
final class KafkaSender implements Sender {
    /** So many messages may wait for the answer. */
    private static final int MOST_WAITING = 100_000;

    private final Spec target;
    private final Layout layout;
    private final Records records;
    private final Clients clients;
    private final TopicPresence presence;
    private final Unrouted unrouted;
    private final Publisher publisher;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Outbound> waiting = new ArrayDeque<>();
    private final CompletableFuture<Void> checked = new CompletableFuture<>();
    private final AtomicBoolean askingAhead = new AtomicBoolean();
    private boolean checking;
    private boolean closing;

    KafkaSender(Spec target, Clients clients, TopicPresence presence) {
        this.target = target;
        this.records = new Records(target, clients);
        this.layout = records.layout();
        this.clients = clients;
        this.presence = presence;
        this.unrouted = new Unrouted(layout, clients);
        this.publisher = new Publisher("send to " + target.endpoint().name(), clients);
    }

    @Override
    public void send(List<? extends PendingSend> batch, Results results) {
        Objects.requireNonNull(results, "results");
        List<Outbound> good = new ArrayList<>(batch.size());
        for (PendingSend send : List.copyOf(batch)) {
            try {
                good.add(new Sent(records.record(send.message()), send, results));
            } catch (QueueException e) {
                results.rejected(send, e);
            }
        }
        if (!good.isEmpty()) {
            publish(good);
            askAhead();
        }
    }

    /** Who sends all the time does not wait for the answer each second. */
    private void askAhead() {
        if (presence.isAging(layout.topic()) && askingAhead.compareAndSet(false, true)) {
            var unused = presence.check(layout.topic(), target.endpoint().name())
                    .whenComplete((found, failure) -> askingAhead.set(false));
        }
    }

    private void publish(List<Outbound> good) {
        boolean check = false;
        List<Refused> refused;
        lock.lock();
        try {
            if (!checking && presence.isFresh(layout.topic())) {
                refused = publisher.offer(good);
            } else if (closing || waiting.size() > MOST_WAITING) {
                QueueException why = refusal();
                refused = good.stream().map(each -> new Refused(each, why)).toList();
            } else {
                waiting.addAll(good);
                refused = List.of();
                check = !checking;
                checking = true;
            }
        } finally {
            lock.unlock();
        }
        publisher.reject(refused);
        if (check) {
            var unused = presence.check(layout.topic(), target.endpoint().name())
                    .whenComplete((found, failure) -> checked(failure));
        }
    }

    private QueueException refusal() {
        String name = target.endpoint().name();
        return closing
                ? new QueueException(ErrorCode.CLOSED, "the sender to '" + name + "' is closed")
                : new QueueException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        "'" + name + "': " + MOST_WAITING + " messages wait for Kafka to answer");
    }

    /** It is known whether the topic exists; without a failure it does. */
    private void checked(@Nullable Throwable failure) {
        List<Outbound> answered;
        List<Refused> refused;
        lock.lock();
        try {
            checking = false;
            answered = List.copyOf(waiting);
            waiting.clear();
            // Under the lock, or later calls would overtake.
            refused = failure == null ? publisher.offer(answered) : List.of();
        } finally {
            lock.unlock();
        }
        publisher.reject(refused);
        if (failure != null) {
            QueueException why = TopicPresence.failure(failure);
            answered.forEach(outbound -> outbound.rejected(why));
        }
        if (isClosing()) {
            checked.complete(null);
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        boolean first;
        lock.lock();
        try {
            first = !closing;
            closing = true;
            if (first && !checking) {
                checked.complete(null);
            }
        } finally {
            lock.unlock();
        }
        if (first) {
            Runnable timer = Timers.after(
                    clients.config(),
                    limit,
                    () -> checked(new QueueException(
                            ErrorCode.TIMEOUT, "Kafka did not say in time whether '" + layout.topic() + "' exists")));
            var unused =
                    checked.thenCompose(done -> publisher.close(limit)).whenComplete((done, failure) -> timer.run());
        }
        return publisher.closed();
    }

    /** {@return completes when it is closed} */
    CompletionStage<Void> closed() {
        return publisher.closed();
    }

    @Override
    public String toString() {
        return "sender to " + target.endpoint().name();
    }

    /** One message, and whom to tell. */
    private final class Sent extends Outbound {
        private final PendingSend send;
        private final Results results;

        Sent(ProducerRecord<byte[], byte[]> record, PendingSend send, Results results) {
            super(record);
            this.send = send;
            this.results = results;
        }

        @Override
        void confirmed() {
            unrouted.confirmed();
            results.confirmed(send);
        }

        @Override
        void rejected(QueueException why) {
            if (why.code() == ErrorCode.NOT_FOUND) {
                presence.forget(layout.topic());
            }
            results.rejected(send, why);
        }

        @Override
        void unknown(QueueException why) {
            presence.forget(layout.topic());
            results.unknown(send, why);
        }
    }
}

package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Receiver.Release;
import io.anyqueue.spi.ReceiverOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Consumes as a member of a group, which owns partitions. Safe for use by any thread: settling touches the trackers of the partitions, all
 * else is asked of the polling thread, which begins when the window opens first.
 */
final class GroupIntake implements Intake {
    private final Layout layout;
    private final Clients clients;
    private final Inbox inbox;
    private final Window window;
    private final Notices notices;
    private final Moves moves;
    private final @Nullable Forwards forwards;
    private final PollLoop loop;

    GroupIntake(
            Layout layout,
            ReceiverOptions options,
            Clients clients,
            Inbox inbox,
            Window window,
            Notices notices,
            Publisher copies,
            TopicPresence presence) {
        this.layout = layout;
        this.clients = clients;
        this.inbox = inbox;
        this.window = window;
        this.notices = notices;
        String name = layout.endpoint().name();
        Wakeups wakeups = new Wakeups();
        Commits commits;
        if (options.transactional()) {
            Transactor transactor = new Transactor(name, clients, layout.group().orElseThrow(), options.consumer());
            TransactionalCommits transactions = new TransactionalCommits(name, transactor, wakeups::wake);
            commits = transactions;
            this.moves = transactions;
            this.forwards = new Forwards(clients, presence, moves);
        } else {
            commits = new OffsetCommits(name);
            this.moves = new CopyThenSettle(copies);
            this.forwards = null;
        }
        this.loop = new PollLoop(layout, options, clients, inbox, window, notices, commits, moves, wakeups);
    }

    @Override
    public void windowChanged() {
        if (!window.isClosed()) {
            loop.begin();
        }
        loop.wake();
    }

    @Override
    public void polled() {
        loop.polled();
    }

    @Override
    public void ack(List<KafkaDelivery> deliveries, Receiver.Results results) {
        boolean[] done = new boolean[deliveries.size()];
        int next = 0;
        while (next < done.length) {
            next = deliveries.get(next).tracker().ack(deliveries, next, done);
        }
        for (int i = 0; i < done.length; i++) {
            if (done[i]) {
                results.done(deliveries.get(i));
            } else {
                results.stale(deliveries.get(i));
            }
        }
    }

    @Override
    public void release(List<Release> releases, Receiver.Results results) {
        List<KafkaDelivery> again = new ArrayList<>();
        List<Release> atOnce = new ArrayList<>();
        for (Release release : releases) {
            KafkaDelivery delivery = (KafkaDelivery) release.delivery();
            if (release.delay().isZero()) {
                KafkaDelivery next =
                        delivery.tracker().release(delivery, release.attempts(), release.firstFailedAtMillis());
                if (next == null) {
                    results.stale(delivery);
                } else {
                    again.add(next);
                    atOnce.add(release);
                }
            } else if (layout.ordered()) {
                results.unknown(
                        delivery,
                        new QueueException(
                                ErrorCode.UNSUPPORTED,
                                "'" + layout.endpoint().name()
                                        + "' is ordered, and Kafka holds nothing back there: release without a delay"));
            } else {
                later(delivery, release, results);
            }
        }
        // In its place where there is an order; elsewhere behind the others, so that it does not hold them up.
        boolean readable = layout.ordered() ? inbox.putBack(again) : inbox.add(again);
        atOnce.forEach(release -> results.done(release.delivery()));
        if (readable) {
            notices.readable();
        }
    }

    /** A copy waits in its place. */
    private void later(KafkaDelivery delivery, Release release, Receiver.Results results) {
        Copy copy = new Copy(delivery, release, results);
        if (delivery.tracker().claim(delivery)) {
            moves.move(List.of(copy));
        } else {
            results.stale(delivery);
        }
    }

    @Override
    public boolean forward(KafkaDelivery delivery, List<Receiver.Forward> out, Receiver.Results results) {
        if (forwards == null) {
            return false;
        }
        forwards.forward(delivery, out, results);
        return true;
    }

    @Override
    public void move(List<? extends Move> by) {
        moves.move(by);
    }

    @Override
    public boolean isOpen(KafkaDelivery delivery) {
        return delivery.tracker().isOpen(delivery);
    }

    @Override
    public CompletableFuture<Void> flush() {
        return loop.flush();
    }

    @Override
    public Optional<String> note() {
        return loop.note();
    }

    @Override
    public CompletableFuture<Void> close(Duration limit) {
        return loop.close(limit);
    }

    private final class Copy extends Move {
        private final KafkaDelivery delivery;
        private final Release release;
        private final Receiver.Results results;

        Copy(KafkaDelivery delivery, Release release, Receiver.Results results) {
            super(delivery.slot(), List.of(copy(delivery, release)));
            this.delivery = delivery;
            this.release = release;
            this.results = results;
        }

        @Override
        void done() {
            results.done(delivery);
        }

        @Override
        void stale() {
            results.stale(delivery);
        }

        @Override
        void failed(QueueException why) {
            delivery.tracker().unclaim(delivery);
            results.unknown(delivery, why);
            // Whoever held it forgets it, and nobody else can hand it out.
            var unused = Timers.after(clients.config(), release.delay(), () -> againFromMemory(delivery, release));
        }
    }

    /** Rounded up; what is longer than can be said is for ever. */
    private static long millis(Duration delay) {
        try {
            return Math.min(delay.plusNanos(999_999).toMillis(), Long.MAX_VALUE / 2);
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE / 2;
        }
    }

    private void againFromMemory(KafkaDelivery delivery, Release release) {
        KafkaDelivery next = delivery.tracker().release(delivery, release.attempts(), release.firstFailedAtMillis());
        if (next != null && inbox.add(List.of(next))) {
            notices.readable();
        }
    }

    private ProducerRecord<byte[], byte[]> copy(KafkaDelivery delivery, Release release) {
        Headers headers = Codec.copy(delivery.record(), delivery.message());
        new Counters(delivery.deliveries(), delivery.crashes(), release.attempts(), release.firstFailedAtMillis())
                .to(headers);
        Codec.only(headers, layout.only());
        long now = clients.config().time().currentTimeMillis();
        long due = now + millis(release.delay());
        return DelayLine.record(
                layout,
                delivery.record().key(),
                delivery.record().value(),
                headers,
                due < 0 ? Long.MAX_VALUE : due,
                now);
    }
}

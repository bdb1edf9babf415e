package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.LeaseModel;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Polling hands over what is there and never waits; that there is something new the listener is told. */
final class PollCases {
    private static final long MINUTE_MILLIS = 60_000;

    private PollCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("RCV-1/poll-does-not-wait", "Polling an empty queue returns at once", PollCases::doesNotWait),
                Case.of(
                        "RCV-1/nothing-before-window",
                        "Nothing is handed over before the window opens",
                        PollCases::closedWindow),
                Case.of("RCV-1/readable", "An arrival in an empty buffer is told", PollCases::readable),
                Case.of(
                        "RCV-1/readable-at-opening",
                        "What waits when the window opens is told",
                        PollCases::readableAtOpening),
                Case.of(
                        "RCV-1/readable-in-a-race",
                        "No arrival is missed between an empty poll and waiting",
                        PollCases::race),
                Case.of(
                        "RCV-1/delivery-fields",
                        "A delivery tells where it is from, its size and its lease",
                        PollCases::fields),
                Case.of("BKP-1/poll-messages", "A poll hands over no more than it is asked for", PollCases::messages),
                Case.of("BKP-1/poll-bytes", "A poll keeps to its bytes, but for one delivery", PollCases::bytes));
    }

    private static void doesNotWait(Trial trial) {
        TestReceiver receiver = trial.receiver(trial.queue());
        receiver.nothing(Trial.SILENCE);
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            receiver.poll();
            fastest = Math.min(fastest, System.nanoTime() - start);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(fastest);
        trial.check(millis < 20, "the fastest of 10 polls of an empty queue took " + millis + " ms: it waits");
    }

    private static void closedWindow(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.closedReceiver(trial.broker(), queue);
        receiver.nothing(Trial.SILENCE);
        receiver.window(1);
        receiver.acked(receiver.one(message));
    }

    private static void readable(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver receiver = trial.receiver(queue);
        receiver.nothing(Trial.SILENCE);
        for (int i = 0; i < 5; i++) {
            int before = receiver.listener().wakeUps();
            Message message = trial.message();
            trial.sender(queue).confirm(message);
            told(trial, receiver, before, "the arrival of message " + (i + 1));
            receiver.acked(receiver.one(message));
            trial.check(receiver.poll().isEmpty(), "there is a message too many");
        }
    }

    private static void told(Trial trial, TestReceiver receiver, int before, String what) {
        trial.eventually(
                () -> "readable() is called at " + what + "; it was called "
                        + receiver.listener().wakeUps() + " times in all",
                Trial.SIGNAL,
                () -> receiver.listener().wakeUps() > before);
    }

    private static void readableAtOpening(Trial trial) {
        Spec queue = trial.steadyQueue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        told(trial, receiver, 0, "the opening of the window");
        receiver.acked(receiver.one(message));
        receiver.window(0);
        Message next = trial.message();
        trial.sender(queue).confirm(next);
        trial.pass(Trial.SILENCE);
        int before = receiver.listener().wakeUps();
        receiver.window(TestReceiver.WINDOW);
        told(trial, receiver, before, "the second opening of the window");
        receiver.acked(receiver.one(next));
    }

    /** A consumer that polls only when it was woken, as the runtime does, while messages come at any moment. */
    private static void race(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestSender sender = trial.sender(queue);
        TestReceiver receiver = trial.receiver(queue);
        List<Message> messages = trial.messages(300);
        List<Delivery> delivered = new ArrayList<>();
        AtomicInteger taken = new AtomicInteger();
        CompletableFuture<Void> sending = trial.beside(() -> {
            for (int i = 0; i < messages.size(); i++) {
                // The next comes about when the consumer finds that there is nothing.
                while (taken.get() < i && !Thread.currentThread().isInterrupted()) {
                    LockSupport.parkNanos(10_000);
                }
                sender.start(List.of(messages.get(i)));
            }
        });
        while (delivered.size() < messages.size()) {
            int before = receiver.listener().wakeUps();
            List<Delivery> polled = receiver.poll(3);
            if (polled.isEmpty()) {
                told(
                        trial,
                        receiver,
                        before,
                        "what came after a poll that gave nothing, " + delivered.size() + " before it");
            }
            receiver.acked(polled);
            delivered.addAll(polled);
            taken.set(delivered.size());
        }
        trial.await("send", sending);
        trial.exactly(messages, delivered);
    }

    private static void fields(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.build().body(new byte[10_000]).build();
        long sentAt = trial.now();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one(message);
        assertThat(delivery.source()).as("source").isEqualTo(queue.endpoint());
        assertThat(delivery.lane()).as("lane").isNotNull();
        assertThat(delivery.shard()).as("shard").isNotNull();
        assertThat(delivery.size()).as("size of 10,000 bytes and an envelope").isBetween(10_000, 20_000);
        if (delivery.enqueuedAtMillis() != 0) {
            assertThat(delivery.enqueuedAtMillis())
                    .as("enqueuedAtMillis")
                    .isBetween(sentAt - MINUTE_MILLIS, trial.now() + MINUTE_MILLIS);
        }
        lease(trial, queue, delivery);
        Object state = new Object();
        assertThat(delivery.attachment()).as("attachment").isNull();
        delivery.attach(state);
        receiver.acked(delivery);
        assertThat(delivery.attachment()).as("attachment").isSameAs(state);
    }

    private static void lease(Trial trial, Spec queue, Delivery delivery) {
        if (trial.capabilities(queue).leases() == LeaseModel.SESSION) {
            assertThat(delivery.leaseUntilNanos()).as("leaseUntilNanos").isEqualTo(Long.MAX_VALUE);
            return;
        }
        long left = TimeUnit.NANOSECONDS.toMillis(delivery.leaseUntilNanos() - trial.nanoTime());
        assertThat(left)
                .as("milliseconds that are left of a lease of " + queue.lease())
                .isBetween(0L, queue.lease().toMillis());
    }

    private static void messages(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(10);
        trial.sender(queue).confirm(messages);
        List<Delivery> delivered = drain(trial, trial.receiver(queue), 10, 3, Long.MAX_VALUE);
        trial.exactly(messages, delivered);
    }

    private static void bytes(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            messages.add(trial.build().body(new byte[1_000]).build());
        }
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> delivered = drain(trial, receiver, 6, 100, 3_000);
        // Less than one message: still one at a time, or a large one would never come.
        delivered.addAll(drain(trial, receiver, 3, 100, 1));
        trial.exactly(messages, delivered);
    }

    /** Takes at least so many; that each poll keeps to its bounds the receiver checks. */
    private static List<Delivery> drain(Trial trial, TestReceiver receiver, int count, int max, long maxBytes) {
        List<Delivery> delivered = new ArrayList<>();
        trial.eventually(
                () -> "polls of " + max + " messages and " + maxBytes + " bytes give " + count
                        + " in the end, and gave " + delivered.size(),
                Trial.SIGNAL,
                () -> {
                    List<Delivery> polled = receiver.poll(Math.min(max, count - delivered.size()), maxBytes);
                    receiver.acked(polled);
                    delivered.addAll(polled);
                    return delivered.size() >= count;
                });
        return delivered;
    }
}

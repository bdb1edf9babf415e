package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What an adapter holds that nobody has polled: kept leased, bounded by the window, and given back by a pause. */
final class WindowCases {
    private WindowCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "RCV-6/buffer-stays-leased",
                        "What waits in the buffer can still be settled after its lease",
                        WindowCases::leased),
                Case.of("RCV-6/window-bounds", "No more is held unpolled than the window says", WindowCases::bounds),
                Case.of("RCV-6/smaller-window", "A smaller window gives the surplus back", WindowCases::smaller),
                Case.of(
                        "BKP-4/pause-gives-back",
                        "A pause gives the buffer back and counts no delivery",
                        WindowCases::pause),
                Case.of("BKP-4/pause-keeps-polled", "A pause leaves alone what was polled", WindowCases::polled));
    }

    private static void leased(Trial trial) {
        Spec queue = trial.queue();
        List<Message> messages = trial.messages(5);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        trial.pass(queue.lease().multipliedBy(5).dividedBy(2));
        List<Delivery> delivered = receiver.take(messages.size());
        trial.exactly(messages, delivered);
        uncounted(trial, queue, delivered);
        assertThat(delivered)
                .as("leaseUntilNanos of what was buffered for longer than its lease, by %s", trial.nanoTime())
                .allMatch(delivery -> delivery.leaseUntilNanos() - trial.nanoTime() > 0, "a lease that lasts");
        List<Settled> settled = receiver.ack(delivered);
        assertThat(settled)
                .as("acks of what was buffered for longer than its lease")
                .containsOnly(Settled.DONE);
        trial.receiver(trial.anotherClient(), queue).nothing(Trial.SILENCE);
    }

    private static void uncounted(Trial trial, Spec queue, List<Delivery> delivered) {
        if (trial.capabilities(queue).has(Feature.EXACT_DELIVERIES)) {
            List<Integer> counts = delivered.stream().map(Delivery::deliveries).toList();
            assertThat(counts)
                    .as("deliveries of what was never handed over before")
                    .containsOnly(1);
        }
    }

    private static void bounds(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver other = other(trial, queue);
        TestReceiver narrow = trial.closedReceiver(trial.broker(), queue);
        narrow.window(5);
        List<Message> messages = spread(trial, queue);
        shared(trial, queue, messages, rest(trial, other, messages, 5), narrow, 5);
    }

    private static void smaller(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver other = other(trial, queue);
        TestReceiver narrowed = trial.receiver(queue);
        List<Message> messages = spread(trial, queue);
        narrowed.window(3);
        shared(trial, queue, messages, rest(trial, other, messages, 3), narrowed, 3);
    }

    private static void pause(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver other = other(trial, queue);
        TestReceiver paused = trial.receiver(queue);
        List<Message> messages = spread(trial, queue);
        paused.window(0);
        paused.nothing(Trial.SILENCE);
        List<Delivery> toOther = rest(trial, other, messages, 0);
        assertThat(paused.listener().lost()).as("shards lost by a pause").isEmpty();
        paused.window(TestReceiver.WINDOW);
        shared(trial, queue, messages, toOther, paused, 0);
    }

    /** {@return a receiver that is at work and takes hardly anything} How long it takes to get there is not what is asked. */
    private static TestReceiver other(Trial trial, Spec queue) {
        TestReceiver other = trial.closedReceiver(trial.anotherClient(), queue);
        other.window(1);
        Message first = trial.message();
        trial.sender(queue).confirm(first);
        other.acked(other.one(first));
        return other;
    }

    /** Sends to all shards, if the broker has any, and leaves time to fetch. */
    private static List<Message> spread(Trial trial, Spec queue) {
        trial.pass(Trial.SILENCE);
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            messages.add(trial.message("key-" + i));
        }
        trial.sender(queue).confirm(messages);
        trial.pass(Trial.SILENCE);
        return messages;
    }

    /** {@return what another receiver gets while the first is not polled} */
    private static List<Delivery> rest(Trial trial, TestReceiver other, List<Message> messages, int window) {
        List<Delivery> toOther = new ArrayList<>();
        other.window(TestReceiver.WINDOW);
        // As long as something comes: what it is left with in its buffer the first cannot have.
        boolean came = true;
        while (came && toOther.size() < messages.size() - window) {
            came = trial.until(Trial.SILENCE.multipliedBy(3), () -> {
                List<Delivery> polled = other.poll();
                other.acked(polled);
                return toOther.addAll(polled);
            });
        }
        return toOther;
    }

    /** What the first may not hold the other has got, but for shards that the first owns: those nobody else can have. */
    private static void shared(
            Trial trial, Spec queue, List<Message> messages, List<Delivery> toOther, TestReceiver first, int window) {
        List<Delivery> all = new ArrayList<>(first.drain(messages.size() - toOther.size()));
        Set<Object> both = shards(toOther);
        both.retainAll(shards(all));
        trial.check(
                all.size() <= window || (!toOther.isEmpty() && both.isEmpty()),
                "a receiver with a window of " + window + " held " + all.size() + " of " + messages.size()
                        + " messages, and another got " + toOther.size() + "; both have of the shards " + both);
        all.addAll(toOther);
        trial.exactly(messages, all);
        uncounted(trial, queue, all);
    }

    private static Set<Object> shards(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::shard).collect(Collectors.toCollection(HashSet::new));
    }

    private static void polled(Trial trial) {
        Spec queue = trial.steadyQueue();
        List<Message> messages = trial.messages(3);
        trial.sender(queue).confirm(messages);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> polled = receiver.take(messages.size());
        receiver.window(0);
        trial.pass(Trial.SILENCE);
        receiver.acked(polled);
        receiver.window(TestReceiver.WINDOW);
        receiver.nothing(Trial.SILENCE);
        Message next = trial.message();
        trial.sender(queue).confirm(next);
        receiver.acked(receiver.one(next));
    }
}

package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.List;

/** Sending in order: what is stored is in the order of the calls, key by key; and higher priorities first where there are any. */
final class SendOrderCases {
    private static final List<String> KEYS = List.of("a", "b", "c", "d", "e");

    private SendOrderCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("SND-4/across-batches", "Each key keeps the order of the sends", SendOrderCases::acrossBatches)
                        .needs(Feature.ORDERED_KEYS, spec -> spec.withOrdered(true), SendOrderCases::refused),
                Case.of("SND-4/within-a-batch", "Each key keeps the order of its batch", SendOrderCases::withinBatch)
                        .needs(Feature.ORDERED_PIPELINING, spec -> spec.withOrdered(true), SendOrderCases::unpipelined),
                Case.of(
                                "SND-4/several-in-flight",
                                "Each key keeps its order with many sends unconfirmed",
                                SendOrderCases::inFlight)
                        .needs(Feature.ORDERED_PIPELINING, spec -> spec.withOrdered(true), SendOrderCases::unpipelined),
                Case.of("SND-4/priorities", "Higher priorities overtake what waits", SendOrderCases::priorities)
                        .needs(Feature.PRIORITIES, spec -> spec.withPriorities(2), null));
    }

    /** At most one unconfirmed message of a key, which every adapter must keep in order. */
    private static void acrossBatches(Trial trial) {
        Spec queue = trial.orderedQueue();
        TestSender sender = trial.sender(queue);
        List<Message> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<Message> batch = KEYS.stream().map(trial::message).toList();
            sender.confirm(batch);
            sent.addAll(batch);
        }
        inOrder(trial, queue, sent);
    }

    private static void withinBatch(Trial trial) {
        Spec queue = trial.orderedQueue();
        List<Message> batch = shuffled(trial, 100);
        trial.sender(queue).confirm(batch);
        inOrder(trial, queue, batch);
    }

    private static void inFlight(Trial trial) {
        Spec queue = trial.orderedQueue();
        TestSender sender = trial.sender(queue);
        List<Message> sent = shuffled(trial, 100);
        List<Sending> sendings = new ArrayList<>();
        for (int i = 0; i < sent.size(); i += 5) {
            sendings.addAll(sender.start(sent.subList(i, i + 5)));
        }
        trial.eventually(
                () -> "all of " + sendings.size() + " sends in flight are confirmed",
                Trial.SIGNAL,
                () -> sendings.stream().allMatch(Sending::isConfirmed));
        inOrder(trial, queue, sent);
    }

    /** Without pipelining in order, the runtime has one of a key on its way; whether more would be kept in order is left open. */
    private static void unpipelined(Trial trial) {
        if (trial.capabilities(trial.plainQueue().withOrdered(true)).has(Feature.ORDERED_KEYS)) {
            acrossBatches(trial);
        }
    }

    private static void refused(Trial trial) {
        assertThatThrownBy(trial::orderedQueue).hasFieldOrPropertyWithValue("code", ErrorCode.UNSUPPORTED);
    }

    private static List<Message> shuffled(Trial trial, int count) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(trial.message(KEYS.get(trial.random().nextInt(KEYS.size()))));
        }
        return messages;
    }

    private static void inOrder(Trial trial, Spec queue, List<Message> sent) {
        List<Delivery> delivered = trial.receiver(queue).drain(sent.size());
        trial.exactly(sent, delivered);
        for (String key : KEYS) {
            List<String> want = sent.stream()
                    .filter(message -> message.key().orElse("").equals(key))
                    .map(Message::id)
                    .toList();
            List<String> have = delivered.stream()
                    .map(Delivery::message)
                    .filter(message -> message.key().orElse("").equals(key))
                    .map(Message::id)
                    .toList();
            trial.check(have.equals(want), "key " + key + " was sent as " + want + " and delivered as " + have);
        }
    }

    private static void priorities(Trial trial) {
        Spec queue = trial.declare(trial.plainQueue().withPriorities(2));
        TestSender sender = trial.sender(queue);
        List<Message> normal = trial.messages(5);
        List<Message> urgent = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            urgent.add(trial.build().priority(1).build());
        }
        sender.confirm(normal);
        sender.confirm(urgent);
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> delivered = receiver.drain(10);
        List<Message> all = new ArrayList<>(normal);
        all.addAll(urgent);
        trial.exactly(all, delivered);
        List<Integer> order = delivered.stream()
                .map(delivery -> delivery.message().priority())
                .toList();
        trial.check(
                order.subList(0, 5).stream().allMatch(priority -> priority == 1),
                "the urgent ones do not come first: priorities in the order of delivery are " + order);
    }
}

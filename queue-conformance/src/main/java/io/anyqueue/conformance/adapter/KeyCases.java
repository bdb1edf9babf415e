package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.KeyOrder;
import io.anyqueue.conformance.kit.OrderedConsumer;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What keys mean for deliveries and for sends (rules ORD-1 to ORD-3, ORD-5). */
final class KeyCases {
    private static final Duration FLOW = Duration.ofSeconds(20);

    private KeyCases() {}

    static List<Case> all() {
        return List.of(
                OrderCases.ordered("ORD-1/lanes", "Lane, shard and epoch say what belongs together", KeyCases::lanes),
                OrderCases.ordered(
                        "ORD-2/stuck-key", "A key that is not settled holds back no other", KeyCases::stuckKey),
                OrderCases.ordered(
                        "ORD-3/no-key", "A message without a key is refused, its neighbours are not", KeyCases::noKey),
                OrderCases.ordered("ORD-5/no-delay", "A delayed message is refused", KeyCases::noDelay));
    }

    private static void lanes(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        OrderCases.send(trial, queue, order, 3, 5);
        OrderedConsumer consumer = new OrderedConsumer("A", trial.receiver(queue), order);
        Map<String, Object> shards = new HashMap<>();
        trial.eventually(() -> "all is worked off, open is " + order.open(), FLOW, () -> {
            for (Delivery delivery : consumer.poll(10)) {
                String key = delivery.message().key().orElse("");
                assertThat(delivery.source()).isEqualTo(queue.endpoint());
                assertThat(delivery.lane()).as("the lane of key %s", key).isEqualTo(key);
                Object shard = shards.computeIfAbsent(key, unused -> delivery.shard());
                assertThat(delivery.shard()).as("the shard of key %s", key).isEqualTo(shard);
            }
            Map<Object, Long> epochs = new HashMap<>();
            for (Delivery delivery : consumer.held()) {
                long epoch = epochs.computeIfAbsent(delivery.shard(), unused -> delivery.epoch());
                assertThat(delivery.epoch())
                        .as("the epoch of shard %s, while it stays with one consumer", delivery.shard())
                        .isEqualTo(epoch);
            }
            consumer.ack(consumer.held());
            return order.isComplete();
        });
    }

    private static void stuckKey(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        Message stuck = trial.message("stuck");
        order.sent(List.of(stuck));
        trial.sender(queue).confirm(stuck);
        OrderedConsumer consumer = new OrderedConsumer("A", trial.receiver(queue), order);
        List<Delivery> head = OrderCases.takeSome(trial, consumer);
        List<Message> behind = List.of(trial.message("stuck"), trial.message("stuck"));
        order.sent(behind);
        trial.sender(queue).confirm(behind);
        OrderCases.send(trial, queue, order, 5, 4);
        long[] extended = {trial.now()};
        trial.eventually(() -> "the other keys are worked off, open is " + order.open(), FLOW, () -> {
            if (trial.now() - extended[0] > queue.lease().toMillis() / 3) {
                var unused = consumer.receiver().extend(head);
                extended[0] = trial.now();
            }
            var unused = consumer.poll(10);
            consumer.ack(consumer.held().stream()
                    .filter(delivery -> !delivery.lane().equals("stuck"))
                    .toList());
            return order.open().size() <= 3;
        });
        consumer.ack(consumer.held());
        OrderCases.workedOff(trial, order, FLOW, consumer);
    }

    private static void noKey(Trial trial) {
        Spec queue = trial.orderedQueue();
        Message first = trial.message("k");
        Message keyless = trial.message();
        Message second = trial.message("k");
        List<Sending> sendings = trial.sender(queue).send(List.of(first, keyless, second));
        OrderCases.refused(sendings.get(1), ErrorCode.INVALID_ARGUMENT);
        TestReceiver receiver = trial.receiver(queue);
        for (Message message : List.of(first, second)) {
            receiver.acked(receiver.one(message));
        }
        receiver.nothing(Trial.SILENCE);
    }

    private static void noDelay(Trial trial) {
        Spec queue = trial.orderedQueue();
        Message delayed =
                trial.build().key("k").deliverAtMillis(trial.now() + 60_000).build();
        OrderCases.refused(trial.sender(queue).send(List.of(delayed)).get(0), ErrorCode.UNSUPPORTED);
        assertThat(trial.capabilities(queue).has(Feature.DELAYED_SEND))
                .as("DELAYED_SEND on an ordered queue, where a delayed message would be overtaken")
                .isFalse();
        trial.receiver(queue).nothing(Trial.SILENCE);
    }
}

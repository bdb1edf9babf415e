package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.KeyOrder;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.OrderedConsumer;
import io.anyqueue.conformance.kit.Refusal;
import io.anyqueue.conformance.kit.TestSender.Answer;
import io.anyqueue.conformance.kit.TestSender.Kind;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The order of keys while nobody leaves: FIFO, with whatever is released kept in its place (rule ORD-1). */
final class OrderCases {
    private static final Duration FLOW = Duration.ofSeconds(20);

    private OrderCases() {}

    static List<Case> all() {
        return List.of(
                ordered("ORD-1/fifo-per-key", "One consumer gets each key in order", OrderCases::fifo),
                ordered(
                        "ORD-1/fifo-over-consumers",
                        "Several consumers get each key in order, one at a time",
                        OrderCases::overConsumers),
                ordered(
                        "ORD-1/released-head",
                        "A released head comes before what follows it",
                        OrderCases::releasedHead),
                ordered(
                        "ORD-1/released-together",
                        "Head and tail released in one call come again in order",
                        OrderCases::releasedTogether),
                ordered(
                        "ORD-1/random-settlements",
                        "Whatever is acknowledged or released, in whatever order, each key stays in order",
                        OrderCases::randomSettlements),
                ordered(
                        "ORD-1/delayed-head",
                        "A head that is released with a delay holds its key back",
                        OrderCases::delayedHead));
    }

    /** For an ordered queue; where there is no order, declaring one is refused. */
    static Case ordered(String id, String title, Case.Body body) {
        return Case.of(id, title, body)
                .needs(
                        Feature.ORDERED_KEYS,
                        spec -> spec.withOrdered(true),
                        trial -> Refusal.of(
                                trial,
                                "declare an ordered queue",
                                ErrorCode.UNSUPPORTED,
                                () -> trial.broker()
                                        .topology()
                                        .declare(List.of(trial.plainQueue().withOrdered(true)), Topology.Mode.CREATE)));
    }

    /** Messages of keys in turn, confirmed. */
    static void send(Trial trial, Spec queue, KeyOrder order, int keys, int each) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            for (int key = 0; key < keys; key++) {
                messages.add(trial.message("k" + key));
            }
        }
        order.sent(messages);
        trial.sender(queue).confirm(messages);
    }

    static void workedOff(Trial trial, KeyOrder order, Duration limit, OrderedConsumer... consumers) {
        trial.eventually(() -> "all is worked off, open is " + order.open(), limit, () -> {
            for (OrderedConsumer consumer : consumers) {
                consumer.work();
            }
            return order.isComplete();
        });
    }

    /** Waits until a consumer has something, and takes what else there is at once. */
    static List<Delivery> takeSome(Trial trial, OrderedConsumer consumer) {
        trial.eventually(
                "something can be polled", FLOW, () -> !consumer.poll(10).isEmpty());
        return consumer.held();
    }

    private static void fifo(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        send(trial, queue, order, 5, 10);
        OrderedConsumer consumer = new OrderedConsumer("A", trial.receiver(queue), order);
        send(trial, queue, order, 5, 10);
        workedOff(trial, order, FLOW, consumer);
    }

    private static void overConsumers(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        List<OrderedConsumer> consumers = List.of(
                new OrderedConsumer("A", trial.receiver(queue), order),
                new OrderedConsumer("B", trial.receiver(trial.anotherClient(), queue), order),
                new OrderedConsumer("C", trial.receiver(trial.anotherClient(), queue), order));
        for (int round = 0; round < 10; round++) {
            send(trial, queue, order, 6, 3);
            for (OrderedConsumer consumer : consumers) {
                // Some is kept for a while, so that keys have an owner that the others must respect.
                List<Delivery> before = consumer.held();
                var unused = consumer.poll(1 + trial.random().nextInt(6));
                consumer.ack(before);
            }
        }
        workedOff(trial, order, FLOW, consumers.toArray(OrderedConsumer[]::new));
    }

    private static void releasedHead(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        send(trial, queue, order, 1, 12);
        OrderedConsumer consumer = new OrderedConsumer("A", trial.receiver(queue), order);
        for (int i = 0; i < 3; i++) {
            List<Delivery> held = takeSome(trial, consumer);
            consumer.release(held.subList(0, 1), Duration.ZERO);
            consumer.ack(consumer.held());
        }
        workedOff(trial, order, FLOW, consumer);
    }

    private static void releasedTogether(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        send(trial, queue, order, 2, 6);
        OrderedConsumer consumer = new OrderedConsumer("A", trial.receiver(queue), order);
        for (int i = 0; i < 3; i++) {
            consumer.release(takeSome(trial, consumer), Duration.ZERO);
        }
        workedOff(trial, order, FLOW, consumer);
    }

    private static void randomSettlements(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        send(trial, queue, order, 4, 12);
        OrderedConsumer consumer = new OrderedConsumer("A", trial.receiver(queue), order);
        for (int i = 0; i < 20 && !order.isComplete(); i++) {
            var unused = consumer.poll(1 + trial.random().nextInt(10));
            List<Delivery> acked = new ArrayList<>();
            List<Delivery> released = new ArrayList<>();
            for (Delivery delivery : consumer.held()) {
                switch (trial.random().nextInt(3)) {
                    case 0 -> acked.add(0, delivery);
                    case 1 -> released.add(delivery);
                    default -> {
                        // It is kept.
                    }
                }
            }
            consumer.ack(acked);
            consumer.release(released, Duration.ZERO);
        }
        workedOff(trial, order, FLOW, consumer);
    }

    private static void delayedHead(Trial trial) {
        Spec queue = trial.orderedQueue();
        if (!trial.capabilities(queue).has(Feature.DELAYED_RELEASE)) {
            throw new NotSupported("DELAYED_RELEASE is absent on an ordered queue");
        }
        Duration delay = Duration.ofMillis(700);
        KeyOrder order = new KeyOrder();
        send(trial, queue, order, 1, 4);
        OrderedConsumer consumer = new OrderedConsumer("A", trial.receiver(queue), order);
        // All of it goes back, the head alone has to wait: nothing may overtake it.
        List<Delivery> held = takeSome(trial, consumer);
        long due = trial.now() + delay.toMillis();
        consumer.release(held, delay);
        takeSome(trial, consumer);
        assertThat(trial.now()).as("the head came before its delay was over").isGreaterThanOrEqualTo(due - 10);
        consumer.ack(consumer.held());
        workedOff(trial, order, FLOW, consumer);
    }

    static void refused(Sending sending, ErrorCode code) {
        Answer answer = sending.answers().get(0);
        assertThat(answer.kind())
                .as("what becomes of %s", sending.message().id())
                .isEqualTo(Kind.REJECTED);
        assertThat(answer.why()).isNotNull().extracting("code").isEqualTo(code);
    }
}

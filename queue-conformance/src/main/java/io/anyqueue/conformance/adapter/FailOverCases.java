package io.anyqueue.conformance.adapter;

import static io.anyqueue.conformance.adapter.OrderCases.ordered;
import static io.anyqueue.conformance.adapter.OrderCases.send;
import static io.anyqueue.conformance.adapter.OrderCases.takeSome;
import static io.anyqueue.conformance.adapter.OrderCases.workedOff;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.LeaseModel;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.KeyOrder;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.OrderedConsumer;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;

/** The order of keys while consumers come, go, hang and crash (rules ORD-1, RCV-4). */
final class FailOverCases {
    private static final Duration FLOW = Duration.ofSeconds(30);

    private FailOverCases() {}

    static List<Case> all() {
        return List.of(
                ordered("ORD-1/lease-end", "What a hanging consumer had comes again in order", FailOverCases::leaseEnd)
                        .onlyFor(LeaseModel.PER_DELIVERY),
                ordered(
                        "ORD-1/close-with-a-tail",
                        "What a consumer had when it closed comes again in order, elsewhere",
                        FailOverCases::closeWithTail),
                ordered(
                        "ORD-1/consumers-come-and-go",
                        "Each key stays in order while consumers join and leave",
                        FailOverCases::comeAndGo),
                ordered(
                                "ORD-1/crash",
                                "What a crashed consumer had comes again in order, and it cannot settle it",
                                FailOverCases::crash)
                        .needs(Means.CLIENT_CRASH));
    }

    private static void leaseEnd(Trial trial) {
        Spec queue = trial.orderedQueue();
        if (trial.capabilities(queue).leases() != LeaseModel.PER_DELIVERY) {
            throw new NotSupported("leases of what is ordered are a session's");
        }
        KeyOrder order = new KeyOrder();
        send(trial, queue, order, 3, 6);
        OrderedConsumer hanging = new OrderedConsumer("A", trial.receiver(queue), order);
        List<Delivery> held = takeSome(trial, hanging);
        trial.pass(queue.lease());
        hanging.forget();
        OrderedConsumer other = new OrderedConsumer("B", trial.receiver(trial.anotherClient(), queue), order);
        workedOff(trial, order, trial.recovery(queue).plus(FLOW), other, hanging);
        assertThat(hanging.receiver().ack(held))
                .as("late acknowledgements of %s", held)
                .doesNotContain(Settled.DONE);
    }

    private static void closeWithTail(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        send(trial, queue, order, 3, 8);
        OrderedConsumer leaving = new OrderedConsumer("A", trial.receiver(queue), order);
        List<Delivery> held = takeSome(trial, leaving);
        leaving.ack(held.subList(0, (held.size() + 1) / 2));
        leaving.close();
        OrderedConsumer other = new OrderedConsumer("B", trial.receiver(trial.anotherClient(), queue), order);
        workedOff(trial, order, FLOW, other);
        assertThat(leaving.receiver().poll()).as("polled after close").isEmpty();
    }

    private static void comeAndGo(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        OrderedConsumer a = new OrderedConsumer("A", trial.receiver(queue), order);
        send(trial, queue, order, 4, 4);
        var some = takeSome(trial, a);
        OrderedConsumer b = new OrderedConsumer("B", trial.receiver(trial.anotherClient(), queue), order);
        a.ack(some);
        send(trial, queue, order, 4, 4);
        workedOff(trial, order, FLOW, a, b);
        send(trial, queue, order, 4, 4);
        var unused = a.poll(5);
        a.close();
        OrderedConsumer c = new OrderedConsumer("C", trial.receiver(trial.anotherClient(), queue), order);
        send(trial, queue, order, 4, 4);
        workedOff(trial, order, FLOW, b, c);
        b.close();
        send(trial, queue, order, 4, 2);
        workedOff(trial, order, FLOW, c);
    }

    private static void crash(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        send(trial, queue, order, 3, 8);
        Broker client = trial.anotherClient();
        OrderedConsumer crashing = new OrderedConsumer("A", trial.receiver(client, queue), order);
        List<Delivery> held = takeSome(trial, crashing);
        crashing.ack(held.subList(0, held.size() / 2));
        crashing.receiver().flush();
        // Until it notices the crash it goes on handing out what it has fetched, so that must be nothing.
        trial.until(Trial.SILENCE, () -> {
            var unused = crashing.poll(10);
            return false;
        });
        List<Delivery> lost = crashing.held();
        trial.adapter().clientCrash().accept(client);
        crashing.forget();
        OrderedConsumer other = new OrderedConsumer("B", trial.receiver(queue), order);
        workedOff(trial, order, trial.recovery(queue).plus(FLOW), other, crashing);
        assertThat(crashing.receiver().ack(lost))
                .as("acknowledgements after the crash")
                .doesNotContain(Settled.DONE);
    }
}

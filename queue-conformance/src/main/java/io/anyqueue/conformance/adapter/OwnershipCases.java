package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Message;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.KeyOrder;
import io.anyqueue.conformance.kit.OrderedConsumer;
import io.anyqueue.conformance.kit.TestListener.Ownership;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Ownership that is lost or handed over: consumers are told, and go on (rules RCV-4, LIF-3). */
final class OwnershipCases {
    private static final Duration FLOW = Duration.ofSeconds(30);

    private OwnershipCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                                "RCV-4/told-of-the-loss",
                                "Who loses its session hears what it lost, cannot settle it, and it comes again",
                                OwnershipCases::toldOfLoss)
                        .needs(Means.CLIENT_CRASH),
                Case.of(
                                "LIF-3/consumes-after-a-crash",
                                "A consumer whose session breaks goes on consuming",
                                OwnershipCases::consumesAfterCrash)
                        .needs(Means.CLIENT_CRASH),
                OrderCases.ordered(
                        "RCV-4/handed-over-in-order",
                        "A shard is handed over when nothing of it is left with who had it",
                        OwnershipCases::handedOver),
                OrderCases.ordered(
                        "RCV-4/hand-over-ends",
                        "A hand-over waits no longer than its deadline; what is not handed over stays",
                        OwnershipCases::handOverEnds));
    }

    private static boolean heard(TestReceiver receiver, Delivery delivery) {
        return receiver.listener().lost().stream()
                .anyMatch(lost -> lost.shard().equals(delivery.shard()) && delivery.epoch() <= lost.epoch());
    }

    private static void toldOfLoss(Trial trial) {
        Spec queue = trial.queue();
        Broker client = trial.anotherClient();
        TestReceiver receiver = trial.receiver(client, queue);
        List<Message> messages = trial.messages(6);
        trial.sender(queue).confirm(messages);
        List<Delivery> all = receiver.take(6);
        receiver.acked(all.subList(0, 2));
        receiver.flush();
        List<Delivery> held = all.subList(2, 6);
        trial.adapter().clientCrash().accept(client);
        if (trial.capabilities(queue).leases() == LeaseModel.SESSION) {
            trial.eventually(
                    () -> "lost() is called for what was out: shards "
                            + held.stream()
                                    .map(each -> new Ownership(each.shard(), each.epoch()))
                                    .distinct()
                                    .toList() + ", it was called for "
                            + receiver.listener().lost(),
                    trial.recovery(queue),
                    () -> held.stream().allMatch(delivery -> heard(receiver, delivery)));
            assertThat(receiver.ack(held.subList(0, 2)))
                    .as("acknowledgements after the session broke")
                    .doesNotContain(Settled.DONE);
        }
        List<Delivery> again = receiver.take(4, trial.recovery(queue).plus(FLOW));
        assertThat(TestReceiver.ids(again))
                .as("what comes again")
                .containsExactlyInAnyOrderElementsOf(TestReceiver.ids(held));
        boolean exact = trial.capabilities(queue).has(Feature.EXACT_DELIVERIES);
        for (Delivery delivery : again) {
            assertThat(delivery.deliveries())
                    .as("deliveries of %s, the second time", delivery.message().id())
                    .isGreaterThanOrEqualTo(exact ? 2 : 1);
            assertThat(heard(receiver, delivery))
                    .as(
                            "the new delivery of %s is of the shard and epoch that was lost",
                            delivery.message().id())
                    .isFalse();
        }
        // A late settlement harms nobody.
        var unused = receiver.ack(held.subList(2, 4));
        receiver.acked(again);
        receiver.nothing(Trial.SILENCE);
    }

    private static void consumesAfterCrash(Trial trial) {
        Spec queue = trial.queue();
        Broker client = trial.anotherClient();
        TestReceiver receiver = trial.receiver(client, queue);
        for (int i = 0; i < 3; i++) {
            List<Message> messages = trial.messages(5);
            trial.sender(queue).confirm(messages);
            List<Delivery> taken = receiver.take(5, FLOW);
            assertThat(TestReceiver.ids(taken))
                    .as("what comes after %s crashes", i)
                    .containsExactlyInAnyOrderElementsOf(
                            messages.stream().map(Message::id).toList());
            receiver.acked(taken);
            receiver.flush();
            trial.adapter().clientCrash().accept(client);
        }
        MisuseCases.works(trial, trial.broker(), queue, receiver);
    }

    private static void handedOver(Trial trial) {
        Spec queue = trial.orderedQueue();
        KeyOrder order = new KeyOrder();
        OrderCases.send(trial, queue, order, 4, 5);
        OrderedConsumer old = new OrderedConsumer("A", trial.receiver(queue), order);
        List<Delivery> held = OrderCases.takeSome(trial, old);
        OrderedConsumer joining = new OrderedConsumer("B", trial.receiver(trial.anotherClient(), queue), order);
        // While A has some of a key B must get nothing of it; the judge sees to that.
        trial.until(Trial.SILENCE, () -> {
            joining.work();
            return false;
        });
        boolean revoked = !old.receiver().listener().revoking().isEmpty();
        if (revoked) {
            assertThat(old.receiver().listener().lost())
                    .as("what A lost before it had given up, and before the deadline")
                    .isEmpty();
        }
        old.ack(held);
        if (revoked) {
            // Of what A gave up there may be nothing left; what is left B gets, or it would not be worked off.
            trial.until(Trial.SIGNAL, () -> !joining.poll(10).isEmpty() || order.isComplete());
        }
        OrderCases.workedOff(trial, order, FLOW, joining, old);
        OrderCases.send(trial, queue, order, 4, 3);
        OrderCases.workedOff(trial, order, FLOW, joining, old);
    }

    private static void handOverEnds(Trial trial) {
        Spec queue = trial.orderedQueue();
        TestReceiver hanging = trial.receiver(queue);
        hanging.listener().onRevoking(ownership -> new CompletableFuture<>());
        List<Message> messages = List.of(trial.message("k"), trial.message("k"), trial.message("k"));
        trial.sender(queue).confirm(messages);
        Delivery head = hanging.one(messages.get(0));
        TestReceiver joining = trial.receiver(trial.anotherClient(), queue);
        boolean revoked = trial.until(
                Duration.ofSeconds(1),
                () -> hanging.listener().revoking().stream()
                        .anyMatch(each -> each.shard().equals(head.shard())));
        if (!revoked) {
            // The key stays with A until A gives it up, whatever else is handed over: nothing ends.
            assertThat(joining.poll()).as("what B gets of a key that A has").isEmpty();
            hanging.acked(head);
            return;
        }
        List<Delivery> taken = new ArrayList<>();
        trial.eventually(
                () -> "B gets all three although A never gives up, and got " + TestReceiver.ids(taken), FLOW, () -> {
                    List<Delivery> polled = joining.poll();
                    joining.acked(polled);
                    taken.addAll(polled);
                    return taken.size() >= 3;
                });
        assertThat(TestReceiver.ids(taken))
                .containsExactlyElementsOf(messages.stream().map(Message::id).toList());
        assertThat(heard(hanging, head))
                .as("A heard that it lost what it had at the deadline")
                .isTrue();
        assertThat(hanging.ack(head)).as("A's late acknowledgement").isNotEqualTo(Settled.DONE);
        assertThat(taken.get(0).epoch())
                .as("the epoch of the shard with B, after %s with A", head.epoch())
                .isGreaterThan(taken.get(0).shard().equals(head.shard()) ? head.epoch() : Long.MIN_VALUE);
    }
}

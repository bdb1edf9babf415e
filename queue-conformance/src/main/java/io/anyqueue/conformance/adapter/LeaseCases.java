package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/** A lease protects its holder, can be prolonged, and ends; who settles after that is told, and harms nobody. */
final class LeaseCases {
    /** What clocks may differ by. */
    private static final Duration TOLERANCE = Duration.ofMillis(50);

    private LeaseCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                                "RCV-3/lease-protects",
                                "Nobody else gets a message before its lease ends",
                                LeaseCases::protects)
                        .onlyFor(LeaseModel.PER_DELIVERY),
                Case.of("RCV-3/extension-keeps", "A lease that is prolonged goes on", LeaseCases::keeps)
                        .needs(Feature.LEASE_EXTENSION),
                Case.of("RCV-3/extension-ends", "A prolonged lease ends when that stops", LeaseCases::ends)
                        .needs(Feature.LEASE_EXTENSION)
                        .onlyFor(LeaseModel.PER_DELIVERY),
                Case.of("RCV-3/extends-only-these", "Prolonging one lease prolongs no other", LeaseCases::onlyThese)
                        .needs(Feature.LEASE_EXTENSION)
                        .onlyFor(LeaseModel.PER_DELIVERY),
                late("SET-2/late-ack", "An ack after the lease is STALE and acknowledges nothing", TestReceiver::ack),
                late("SET-2/late-release", "A release after the lease is STALE and frees nothing", LeaseCases::release),
                late("SET-2/late-extension", "An extension after the lease is STALE and harmless", LeaseCases::extend)
                        .onlyFor(LeaseModel.PER_DELIVERY));
    }

    private static Case late(String id, String title, BiFunction<TestReceiver, Delivery, Settled> settle) {
        return Case.of(id, title, trial -> late(trial, settle)).needs(Feature.STALE_FENCED);
    }

    private static Settled release(TestReceiver receiver, Delivery delivery) {
        return receiver.release(List.of(delivery)).get(0);
    }

    private static Settled extend(TestReceiver receiver, Delivery delivery) {
        return receiver.extend(List.of(delivery)).get(0);
    }

    private static void protects(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver holder = trial.receiver(queue);
        Delivery held = holder.one(message);
        holder.window(0);
        TestReceiver other = trial.receiver(trial.anotherClient(), queue);
        other.take(1, trial.recovery(queue));
        long early = TimeUnit.NANOSECONDS.toMillis(held.leaseUntilNanos() - trial.nanoTime());
        trial.check(
                early <= TOLERANCE.toMillis(),
                "another got message " + message.id() + " " + early
                        + " ms before its lease ended, as its holder was told");
    }

    private static void keeps(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver holder = trial.receiver(queue);
        Delivery held = holder.one(message);
        TestReceiver other = trial.receiver(trial.anotherClient(), queue);
        for (int i = 0; i < 8; i++) {
            other.nothing(queue.lease().dividedBy(3));
            assertThat(extend(holder, held)).as("extension " + (i + 1)).isEqualTo(Settled.DONE);
        }
        holder.acked(held);
        other.nothing(Trial.SILENCE);
    }

    private static void ends(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver holder = trial.receiver(queue);
        Delivery held = holder.one(message);
        holder.window(0);
        trial.pass(queue.lease().dividedBy(4));
        long asked = trial.nanoTime();
        assertThat(extend(holder, held)).isEqualTo(Settled.DONE);
        TestReceiver other = trial.receiver(trial.anotherClient(), queue);
        other.take(1, trial.recovery(queue));
        Duration lasted = Duration.ofNanos(trial.nanoTime() - asked);
        trial.check(
                lasted.plus(TOLERANCE).compareTo(queue.lease()) >= 0,
                "a lease of " + queue.lease() + " that was prolonged ended " + lasted + " after that");
    }

    private static void onlyThese(Trial trial) {
        Spec queue = trial.queue();
        List<Message> messages = trial.messages(3);
        trial.sender(queue).confirm(messages);
        TestReceiver holder = trial.receiver(queue);
        List<Delivery> held = holder.take(3);
        holder.window(0);
        Delivery kept = held.get(1);
        TestReceiver other = trial.receiver(trial.anotherClient(), queue);
        List<Delivery> taken = new ArrayList<>();
        trial.eventually("what is not prolonged comes to another", trial.recovery(queue), () -> {
            extend(holder, kept);
            taken.addAll(other.poll());
            return taken.size() >= 2;
        });
        assertThat(TestReceiver.ids(taken))
                .as("ids of what was not prolonged")
                .doesNotContain(kept.message().id());
        holder.acked(kept);
        other.acked(taken);
        other.nothing(Trial.SILENCE);
    }

    private static void late(Trial trial, BiFunction<TestReceiver, Delivery, Settled> settle) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Broker client = trial.anotherClient();
        TestReceiver first = trial.receiver(client, queue);
        Delivery lost = first.one(message);
        trial.abandon(client, queue, first);
        TestReceiver second = trial.receiver(trial.anotherClient(), queue);
        Delivery held = second.take(1, trial.recovery(queue)).get(0);
        Settled result = settle.apply(first, lost);
        trial.check(
                result == Settled.STALE, "settling message " + message.id() + " after the lease was lost is " + result);
        TestReceiver third = trial.receiver(trial.anotherClient(), queue);
        assertThat(extend(second, held))
                .as("extension by the holder, after the late one")
                .isEqualTo(Settled.DONE);
        third.nothing(Trial.SILENCE);
        // What goes back now shows that nothing was acknowledged.
        second.close();
        third.acked(third.one(message));
    }
}

package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Limits;
import io.anyqueue.Message;
import io.anyqueue.conformance.Interruption;
import io.anyqueue.conformance.Means;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.TimeScale;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;

/** Messages that are sent or given back with a delay, and those that expire (rules DLY-1, DLY-2, SET-1, EXP-1). */
final class DelayCases {
    /** How late a delayed message may be (rule DLY-1). */
    private static final Duration LATE = Duration.ofSeconds(1);

    /** How late one may seem on a machine whose threads have to wait, where the case is about something else. */
    private static final Duration BUSY = Duration.ofSeconds(3);

    private static final int ROUNDS = 3;

    /** What two clocks of one machine may differ by. */
    private static final long CLOCKS = 10;

    private static final Duration YEAR = Duration.ofDays(365);

    private DelayCases() {}

    static List<Case> all() {
        return List.of(
                delayed(
                        "DLY-1/on-time",
                        "A delayed message is not early and at most a second late",
                        DelayCases::onTime),
                delayed("DLY-2/short-overtakes-long", "A short delay overtakes a long one", DelayCases::overtakes),
                delayed("DLY-2/past-is-now", "A time in the past is at once", DelayCases::past),
                delayed("DLY-1/longest", "The longest delay that is declared is accepted", DelayCases::longest),
                delayed("DLY-1/too-long", "A longer delay than is declared is refused", DelayCases::tooLong),
                delayed(
                        "DLY-1/longer-than-the-lease",
                        "A delay longer than the lease makes no second copy",
                        DelayCases::longerThanLease),
                delayed(
                        "RCV-1/subscriptions-of-the-due-time",
                        "A delayed message goes to the subscriptions that there are when it is due",
                        DelayCases::subscriptionsOfDueTime),
                delayed("DLY-2/survives-restart", "A delayed message survives a restart", DelayCases::survivesRestart)
                        .needs(Means.RESTART),
                Case.of(
                                "SET-1/released-again-and-again",
                                "What is released with a delay, and with the same again, comes each time",
                                DelayCases::releasedAgain)
                        .needs(Feature.DELAYED_RELEASE),
                Case.of(
                                "SET-1/release-longer-than-the-lease",
                                "What is released for longer than a lease comes once, and on time",
                                DelayCases::longRelease)
                        .needs(Feature.DELAYED_RELEASE),
                Case.of(
                        "EXP-1/expired-is-handed-out",
                        "What has expired is handed out, as it is the runtime that counts it",
                        DelayCases::expired));
    }

    private static Case delayed(String id, String title, Case.Body body) {
        return Case.of(id, title, body).needs(Feature.DELAYED_SEND, DelayCases::refusedWhereAbsent);
    }

    private static void refusedWhereAbsent(Trial trial) {
        Message message = in(trial, Duration.ofSeconds(2));
        OrderCases.refused(trial.sender(trial.queue()).send(List.of(message)).get(0), ErrorCode.UNSUPPORTED);
    }

    private static Message in(Trial trial, Duration delay) {
        return trial.build().deliverAtMillis(trial.now() + delay.toMillis()).build();
    }

    /** Takes the next delivery, which must be of that message, and looks at the clock. */
    private static Delivery onTime(Trial trial, TestReceiver receiver, Message message, long due) {
        Delivery delivery = receiver.one(message);
        long late = trial.now() - due;
        assertThat(late)
                .as("how many milliseconds %s came after it was due", message.id())
                .isBetween(-CLOCKS, TimeScale.scaled(BUSY).toMillis());
        return delivery;
    }

    /** A receiver that is at work: how long it takes to get there is no lateness. */
    private static TestReceiver atWork(Trial trial, Spec source) {
        TestReceiver receiver = trial.receiver(source);
        Message first = trial.message();
        trial.sender(source).confirm(first);
        receiver.acked(receiver.one(first));
        return receiver;
    }

    /** The machine can only add to what an adapter is late, and not each time: one round in time shows that the adapter is not late. */
    private static void onTime(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = atWork(trial, queue);
        long late = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && late > TimeScale.scaled(LATE).toMillis(); round++) {
            Message message = in(trial, Duration.ofMillis(1_200));
            trial.sender(queue).confirm(message);
            Delivery delivery = onTime(trial, receiver, message, message.deliverAtMillis());
            late = Math.min(late, trial.now() - message.deliverAtMillis());
            assertThat(delivery.message().deliverAtMillis()).isEqualTo(message.deliverAtMillis());
            receiver.acked(delivery);
        }
        assertThat(late)
                .as("milliseconds late, at best")
                .isLessThanOrEqualTo(TimeScale.scaled(LATE).toMillis());
    }

    private static void overtakes(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = atWork(trial, queue);
        Duration first = Duration.ofMillis(1_200);
        // So far behind that the first cannot pass for late on a slow machine if it had to wait for this one.
        Message late = in(trial, first.plus(TimeScale.scaled(BUSY)).plusMillis(300));
        Message soon = in(trial, first);
        Message now = trial.message();
        trial.sender(queue).confirm(late, soon, now);
        receiver.acked(receiver.one(now));
        receiver.acked(onTime(trial, receiver, soon, soon.deliverAtMillis()));
        receiver.acked(onTime(trial, receiver, late, late.deliverAtMillis()));
    }

    private static void past(Trial trial) {
        Spec queue = trial.queue();
        Message past = trial.build().deliverAtMillis(trial.now() - 60_000).build();
        Message longAgo = trial.build().deliverAtMillis(1).build();
        TestReceiver receiver = atWork(trial, queue);
        trial.sender(queue).confirm(past, longAgo);
        List<Delivery> both = receiver.take(2, Trial.SIGNAL);
        assertThat(TestReceiver.ids(both)).containsExactlyInAnyOrder(past.id(), longAgo.id());
        receiver.acked(both);
    }

    private static void longest(Trial trial) {
        Spec queue = trial.queue();
        Duration max = trial.capabilities(queue).limits().maxDelay();
        Message message = in(trial, max.compareTo(YEAR) > 0 ? YEAR : max.minusSeconds(1));
        trial.sender(queue).confirm(message);
        trial.receiver(queue).nothing(Trial.SILENCE);
    }

    private static void tooLong(Trial trial) {
        Spec queue = trial.queue();
        Duration max = trial.capabilities(queue).limits().maxDelay();
        if (max.compareTo(Limits.UNLIMITED) >= 0) {
            throw new NotSupported("there is no longest delay");
        }
        Message tooLong = in(trial, max.plusMinutes(1));
        Message neighbour = trial.message();
        OrderCases.refused(trial.sender(queue).send(List.of(tooLong, neighbour)).get(0), ErrorCode.UNSUPPORTED);
        TestReceiver receiver = trial.receiver(queue);
        receiver.acked(receiver.one(neighbour));
        receiver.nothing(Trial.SILENCE);
    }

    private static void longerThanLease(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = atWork(trial, queue);
        Message message = in(trial, queue.lease().plusSeconds(1));
        trial.sender(queue).confirm(message);
        Delivery delivery = onTime(trial, receiver, message, message.deliverAtMillis());
        assertThat(delivery.deliveries()).as("deliveries").isEqualTo(1);
        receiver.acked(delivery);
        receiver.nothing(Trial.SILENCE);
    }

    private static void releasedAgain(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = trial.receiver(queue);
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Delivery delivery = receiver.one(message);
        Duration delay = Duration.ofMillis(300);
        for (int round = 1; round <= 3; round++) {
            long due = trial.now() + delay.toMillis();
            assertThat(receiver.release(delivery, delay, 0, 0)).isEqualTo(Settled.DONE);
            delivery = onTime(trial, receiver, message, due);
        }
        receiver.acked(delivery);
        receiver.nothing(Trial.SILENCE);
    }

    private static void longRelease(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = trial.receiver(queue);
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Delivery first = receiver.one(message);
        Duration delay = queue.lease().plusSeconds(1);
        long due = trial.now() + delay.toMillis();
        assertThat(receiver.release(first, delay, 0, 0)).isEqualTo(Settled.DONE);
        receiver.acked(onTime(trial, receiver, message, due));
        receiver.nothing(Trial.SILENCE);
    }

    private static void subscriptionsOfDueTime(Trial trial) {
        Spec topic = TopicCases.topic(trial);
        Spec before = TopicCases.subscribed(trial, topic, "before");
        Duration delay =
                trial.capabilities(topic).limits().subscriptionVisible().plusSeconds(2);
        Message message = in(trial, delay);
        trial.sender(topic).confirm(message);
        Spec after = trial.subscription(topic, "after");
        for (Spec subscription : List.of(before, after)) {
            TestReceiver receiver = trial.receiver(subscription);
            Delivery delivery = receiver.one(message);
            assertThat(trial.now()).isGreaterThanOrEqualTo(message.deliverAtMillis() - CLOCKS);
            receiver.acked(delivery);
        }
    }

    private static void survivesRestart(Trial trial) throws Exception {
        Spec queue = trial.queue();
        if (!trial.capabilities(queue).has(Feature.DURABLE)) {
            throw new NotSupported("DURABLE is absent");
        }
        Message message = in(trial, Duration.ofSeconds(2));
        trial.sender(queue).confirm(message);
        Interruption restart = trial.adapter().interruption(Means.RESTART);
        restart.begin();
        restart.end();
        TestReceiver receiver = trial.receiver(trial.anotherClient(), queue);
        Delivery delivery = receiver.take(1, Duration.ofSeconds(30)).get(0);
        assertThat(delivery.message().id()).isEqualTo(message.id());
        assertThat(trial.now()).isGreaterThanOrEqualTo(message.deliverAtMillis() - CLOCKS);
        receiver.acked(delivery);
    }

    private static void expired(Trial trial) {
        Spec queue = trial.queue();
        Message past = trial.build().expiresAtMillis(trial.now() - 60_000).build();
        Message soon = trial.build().expiresAtMillis(trial.now() + 200).build();
        trial.sender(queue).confirm(past, soon);
        trial.pass(Duration.ofMillis(400));
        TestReceiver receiver = trial.receiver(queue);
        List<Delivery> both = receiver.take(2);
        assertThat(TestReceiver.ids(both)).containsExactlyInAnyOrder(past.id(), soon.id());
        assertThat(both)
                .extracting(delivery -> delivery.message().expiresAtMillis())
                .containsExactlyInAnyOrder(past.expiresAtMillis(), soon.expiresAtMillis());
        receiver.acked(both);
    }
}

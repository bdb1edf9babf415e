package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.StartAt;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.Refusal;
import io.anyqueue.conformance.kit.TestListener;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestReceiver.Settled;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Receiver.Release;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender.PendingSend;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import io.anyqueue.spi.Topology.Mode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What no caller may do is refused, or does nothing; and the client works afterwards (rule ERR-1). */
final class MisuseCases {
    private MisuseCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("ERR-1/null-to-the-client", "A client refuses null", MisuseCases::nullToClient),
                Case.of("ERR-1/null-to-the-topology", "A topology refuses null", MisuseCases::nullToTopology),
                Case.of(
                        "ERR-1/null-to-a-sender",
                        "A sender refuses null, and then sends nothing of a batch",
                        MisuseCases::nullToSender),
                Case.of(
                        "ERR-1/null-to-a-receiver",
                        "A receiver refuses null, and then settles nothing of a batch",
                        MisuseCases::nullToReceiver),
                Case.of(
                        "ERR-1/wrong-numbers",
                        "Windows below 0 and polls below 1 are refused",
                        MisuseCases::wrongNumbers),
                Case.of(
                        "ERR-1/negative-delay",
                        "A release with a negative delay changes nothing",
                        MisuseCases::negativeDelay),
                Case.of("ERR-1/empty-lists", "Empty lists do nothing", MisuseCases::emptyLists),
                Case.of("ERR-1/receiver-of-a-topic", "A topic cannot be received from", MisuseCases::receiverOfTopic),
                Case.of(
                        "SET-2/foreign-delivery",
                        "Settling what is no delivery of the adapter's changes nothing",
                        MisuseCases::foreignDelivery),
                Case.of(
                        "SET-2/delivery-of-another-client",
                        "Settling a delivery of another client changes nothing",
                        MisuseCases::ofAnotherClient),
                Case.of(
                        "LIF-2/close-without-a-limit",
                        "A limit of zero or less closes without waiting",
                        MisuseCases::closeWithoutLimit));
    }

    /** NullAway is right that this must not be: that is what is being tried. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        @Nullable T none = null;
        return none;
    }

    /** The client works: a message goes through. */
    static void works(Trial trial, Broker client, Spec queue, TestReceiver receiver) {
        Message message = trial.message();
        trial.sender(client, queue).confirm(message);
        receiver.acked(receiver.one(message));
    }

    private static void misuse(Trial trial, String what, Callable<?> call) {
        Refusal.misuse(trial, what, call);
    }

    private static Callable<?> call(Runnable run) {
        return () -> {
            run.run();
            return "";
        };
    }

    private static void nullToClient(Trial trial) {
        Spec queue = trial.queue();
        Broker client = trial.broker();
        ReceiverOptions options = new ReceiverOptions("wrong", StartAt.now());
        misuse(trial, "sender(null)", () -> client.sender(nothing()));
        misuse(trial, "receiver(null, …)", () -> client.receiver(nothing(), options, new TestListener()));
        misuse(trial, "receiver(…, null, …)", () -> client.receiver(queue, nothing(), new TestListener()));
        misuse(trial, "receiver(…, null)", () -> client.receiver(queue, options, nothing()));
        misuse(trial, "capabilities(null)", () -> client.capabilities(nothing()));
        works(trial, client, queue, trial.receiver(queue));
    }

    private static void nullToTopology(Trial trial) {
        Spec queue = trial.queue();
        Spec other = trial.plainQueue();
        Topology topology = trial.broker().topology();
        misuse(trial, "declare(null, …)", () -> topology.declare(nothing(), Mode.CREATE));
        misuse(trial, "declare([x, null], …)", () -> topology.declare(Arrays.asList(other, nothing()), Mode.CREATE));
        misuse(trial, "declare(…, null)", () -> topology.declare(List.of(other), nothing()));
        misuse(trial, "describe(null)", () -> topology.describe(nothing()));
        misuse(trial, "browse(null, …)", () -> topology.browse(nothing(), null, 10));
        misuse(trial, "purge(null)", () -> topology.purge(nothing()));
        misuse(trial, "delete(null)", () -> topology.delete(nothing()));
        assertThat(trial.await("describe", topology.describe(other)).exists())
                .as("a queue of a declaration that was refused exists")
                .isFalse();
        works(trial, trial.broker(), queue, trial.receiver(queue));
    }

    private static void nullToSender(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = trial.receiver(queue);
        TestSender sender = trial.sender(queue);
        Message message = trial.message();
        PendingSend pending = () -> message;
        misuse(trial, "send(null, …)", call(() -> sender.raw().send(nothing(), Ignoring.INSTANCE)));
        misuse(
                trial,
                "send([x, null], …)",
                call(() -> sender.raw().send(Arrays.asList(pending, nothing()), Ignoring.INSTANCE)));
        misuse(trial, "send(…, null)", call(() -> sender.raw().send(List.of(pending), nothing())));
        receiver.nothing(Trial.SILENCE);
        works(trial, trial.broker(), queue, receiver);
    }

    private static void nullToReceiver(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver receiver = trial.receiver(queue);
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Delivery delivery = receiver.one(message);
        Receiver raw = receiver.raw();
        List<Delivery> half = Arrays.asList(delivery, nothing());
        Release release = new Release(delivery, Duration.ZERO, 0, 0);
        misuse(trial, "ack(null, …)", call(() -> raw.ack(nothing(), Ignoring.INSTANCE)));
        misuse(trial, "ack([x, null], …)", call(() -> raw.ack(half, Ignoring.INSTANCE)));
        misuse(trial, "ack(…, null)", call(() -> raw.ack(List.of(delivery), nothing())));
        misuse(trial, "release(null, …)", call(() -> raw.release(nothing(), Ignoring.INSTANCE)));
        misuse(
                trial,
                "release([x, null], …)",
                call(() -> raw.release(Arrays.asList(release, nothing()), Ignoring.INSTANCE)));
        misuse(trial, "release(…, null)", call(() -> raw.release(List.of(release), nothing())));
        misuse(trial, "extend([x, null], …)", call(() -> raw.extend(half, Ignoring.INSTANCE)));
        misuse(trial, "extend(…, null)", call(() -> raw.extend(List.of(delivery), nothing())));
        misuse(trial, "poll(…, null)", call(() -> raw.poll(1, 1, nothing())));
        receiver.nothing(Duration.ofMillis(300));
        receiver.acked(delivery);
        works(trial, trial.broker(), queue, receiver);
    }

    private static void wrongNumbers(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = trial.receiver(queue);
        Receiver raw = receiver.raw();
        refused(trial, "window(-1, 1)", () -> raw.window(-1, 1));
        refused(trial, "window(1, -1)", () -> raw.window(1, -1));
        refused(trial, "poll(0, …)", () -> raw.poll(0, 1, delivery -> {}));
        refused(trial, "poll(-1, …)", () -> raw.poll(-1, 1, delivery -> {}));
        works(trial, trial.broker(), queue, receiver);
    }

    private static void refused(Trial trial, String what, Runnable run) {
        Refusal.of(trial, what, ErrorCode.INVALID_ARGUMENT, call(run));
    }

    private static void negativeDelay(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver receiver = trial.receiver(queue);
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Delivery delivery = receiver.one(message);
        assertThat(receiver.release(delivery, Duration.ofSeconds(-1), 0, 0))
                .as("a release with a delay of -1 s")
                .isEqualTo(Settled.UNKNOWN);
        receiver.nothing(Duration.ofMillis(300));
        receiver.acked(delivery);
        works(trial, trial.broker(), queue, receiver);
    }

    private static void emptyLists(Trial trial) {
        Spec queue = trial.queue();
        TestReceiver receiver = trial.receiver(queue);
        List<Sending> none = trial.sender(queue).send(List.of());
        assertThat(none).isEmpty();
        receiver.raw().ack(List.of(), Ignoring.INSTANCE);
        receiver.raw().release(List.of(), Ignoring.INSTANCE);
        receiver.raw().extend(List.of(), Ignoring.INSTANCE);
        trial.await("declare nothing", trial.broker().topology().declare(List.of(), Mode.CREATE));
        works(trial, trial.broker(), queue, receiver);
    }

    private static void receiverOfTopic(Trial trial) {
        Spec topic = trial.plainQueue().withEndpoint(Endpoint.topic(trial.newName()));
        Refusal.of(
                trial,
                "a receiver of a topic",
                ErrorCode.INVALID_ARGUMENT,
                () -> trial.closedReceiver(trial.broker(), topic));
    }

    private static void foreignDelivery(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver receiver = trial.receiver(queue);
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Delivery delivery = receiver.one(message);
        Delivery foreign = new ForeignDelivery(delivery);
        List<List<Settled>> results = List.of(
                receiver.ack(List.of(foreign)), receiver.release(List.of(foreign)), receiver.extend(List.of(foreign)));
        assertThat(results)
                .as("ack, release and extend of a delivery of another class")
                .allMatch(each -> !each.contains(Settled.DONE));
        receiver.nothing(Duration.ofMillis(300));
        receiver.acked(delivery);
        works(trial, trial.broker(), queue, receiver);
    }

    private static void ofAnotherClient(Trial trial) {
        Spec queue = trial.steadyQueue();
        TestReceiver receiver = trial.receiver(queue);
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Delivery delivery = receiver.one(message);
        TestReceiver other = trial.receiver(trial.anotherClient(), queue);
        List<List<Settled>> results = List.of(other.ack(List.of(delivery)), other.release(List.of(delivery)));
        assertThat(results)
                .as("ack and release of a delivery of another client's receiver")
                .allMatch(each -> !each.contains(Settled.DONE));
        other.nothing(Duration.ofMillis(300));
        receiver.acked(delivery);
        other.nothing(Duration.ofMillis(300));
    }

    private static void closeWithoutLimit(Trial trial) {
        Spec queue = trial.queue();
        List<Message> messages = trial.messages(4);
        trial.sender(queue).confirm(messages);
        Broker client = trial.anotherClient();
        TestReceiver zero = trial.receiver(client, queue);
        var unused = zero.take(1);
        trial.await("close a receiver with a limit of zero", zero.raw().close(Duration.ZERO));
        TestReceiver negative = trial.receiver(client, queue);
        unused = negative.take(1);
        trial.await("close a receiver with a limit of -1 s", negative.raw().close(Duration.ofSeconds(-1)));
        trial.await("close a sender with a limit of -1 s", client.sender(queue).close(Duration.ofSeconds(-1)));
        trial.await("close a client with a limit of -1 s", client.close(Duration.ofSeconds(-1)));
        TestReceiver last = trial.receiver(queue);
        trial.exactly(messages, last.drain(4, trial.recovery(queue).plus(Trial.SIGNAL)));
    }
}

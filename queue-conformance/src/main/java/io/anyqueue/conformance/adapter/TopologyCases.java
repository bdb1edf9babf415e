package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.LeaseModel;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.Refusal;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.ReceiverListener.State;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import io.anyqueue.spi.Topology.Mode;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Declaring and deleting (rule ERR-1). */
final class TopologyCases {
    private TopologyCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("ERR-1/declared-twice", "Declaring what is there succeeds and keeps it", TopologyCases::twice),
                Case.of("ERR-1/validate", "Validation creates nothing", TopologyCases::validate),
                Case.of("ERR-1/assume", "Assuming looks at nothing", TopologyCases::assume),
                Case.of(
                                "ERR-1/another-lease",
                                "Declared with another lease it is a conflict",
                                TopologyCases::otherLease)
                        // A session's lease is each client's own business.
                        .onlyFor(LeaseModel.PER_DELIVERY),
                Case.of(
                                "ERR-1/another-order",
                                "Declared with another order it is a conflict",
                                TopologyCases::otherOrder)
                        .needsOrdered(Feature.ORDERED_KEYS),
                Case.of("ERR-1/no-topic", "A subscription without its topic is refused", TopologyCases::noTopic),
                Case.of(
                        "ERR-1/in-order",
                        "A topic and its subscription are declared in one call",
                        TopologyCases::inOrder),
                Case.of(
                        "ERR-1/deleted",
                        "What is deleted is gone, and deleting it again no failure",
                        TopologyCases::deleted),
                Case.of(
                        "ERR-1/consumed-and-missing",
                        "A consumer of what is missing says so, and goes on when it is declared",
                        TopologyCases::consumedAndMissing),
                Case.of("CAP-1/longest-name", "The longest name works", TopologyCases::longestName),
                Case.of("CAP-1/name-too-long", "A longer name is refused", TopologyCases::nameTooLong));
    }

    private static CompletionStage<Void> declare(Trial trial, Mode mode, Spec... specs) {
        return trial.broker().topology().declare(List.of(specs), mode);
    }

    private static void refused(Trial trial, ErrorCode code, Mode mode, Spec spec) {
        Refusal.of(
                trial,
                mode + " of " + spec.endpoint().name() + " (ordered " + spec.ordered() + ", lease " + spec.lease()
                        + ")",
                code,
                () -> declare(trial, mode, spec));
    }

    private static void twice(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        trial.await("declare again", declare(trial, Mode.CREATE, queue));
        trial.await(
                "declare again, by another client",
                trial.anotherClient().topology().declare(List.of(queue), Mode.CREATE));
        TestReceiver receiver = trial.receiver(queue);
        receiver.acked(receiver.one(message));
        trial.await("declare nothing", trial.broker().topology().declare(List.of(), Mode.CREATE));
    }

    private static void validate(Trial trial) {
        Spec missing = trial.plainQueue();
        refused(trial, ErrorCode.NOT_FOUND, Mode.VALIDATE, missing);
        refused(trial, ErrorCode.NOT_FOUND, Mode.VALIDATE, missing);
        Spec queue = trial.queue();
        trial.await("validate", declare(trial, Mode.VALIDATE, queue));
        if (trial.capabilities(queue).leases() == LeaseModel.PER_DELIVERY) {
            refused(
                    trial,
                    ErrorCode.CONFLICT,
                    Mode.VALIDATE,
                    queue.withLease(queue.lease().plusSeconds(1)));
        }
    }

    private static void assume(Trial trial) {
        trial.await("assume what is missing", declare(trial, Mode.ASSUME, trial.plainQueue()));
        Spec queue = trial.queue();
        trial.await(
                "assume another lease",
                declare(trial, Mode.ASSUME, queue.withLease(queue.lease().plusSeconds(1))));
    }

    private static void otherLease(Trial trial) {
        Spec queue = trial.queue();
        refused(
                trial,
                ErrorCode.CONFLICT,
                Mode.CREATE,
                queue.withLease(queue.lease().plusSeconds(1)));
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        receiver.acked(receiver.one(message));
    }

    private static void otherOrder(Trial trial) {
        refused(trial, ErrorCode.CONFLICT, Mode.CREATE, trial.queue().withOrdered(true));
        Spec ordered = trial.orderedQueue();
        Spec unordered = Spec.of(ordered.endpoint()).withLease(ordered.lease());
        refused(trial, ErrorCode.CONFLICT, Mode.CREATE, unordered);
        refused(trial, ErrorCode.CONFLICT, Mode.VALIDATE, unordered);
    }

    private static void needTopics(Trial trial) {
        if (!trial.capabilities(Spec.of(Endpoint.topic("capabilities"))).has(Feature.TOPICS)) {
            throw new NotSupported("TOPICS is absent");
        }
    }

    private static void noTopic(Trial trial) {
        needTopics(trial);
        TopicEndpoint topic = Endpoint.topic(trial.newName());
        Spec subscription = trial.plainQueue().withEndpoint(topic.subscription("one"));
        refused(trial, ErrorCode.NOT_FOUND, Mode.CREATE, subscription);
        refused(trial, ErrorCode.NOT_FOUND, Mode.VALIDATE, subscription);
    }

    private static void inOrder(Trial trial) {
        needTopics(trial);
        Spec topic = trial.plainQueue().withEndpoint(Endpoint.topic(trial.newName()));
        Spec subscription = topic.withEndpoint(((TopicEndpoint) topic.endpoint()).subscription("one"));
        trial.declareAll(Mode.CREATE, topic, subscription);
        trial.await("validate both", declare(trial, Mode.VALIDATE, topic, subscription));
    }

    private static void deleted(Trial trial) {
        Spec queue = trial.queue();
        trial.sender(queue).confirm(trial.messages(3));
        Topology topology = trial.broker().topology();
        trial.await("delete", topology.delete(queue));
        trial.await("delete again", topology.delete(queue));
        OrderCases.refused(trial.sender(queue).send(List.of(trial.message())).get(0), ErrorCode.NOT_FOUND);
        assertThat(trial.await("describe", topology.describe(queue)).exists())
                .as("exists after it was deleted")
                .isFalse();
        trial.declare(queue);
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        receiver.acked(receiver.one(message));
        receiver.nothing(Trial.SILENCE);
    }

    private static void consumedAndMissing(Trial trial) {
        Spec queue = trial.plainQueue();
        TestReceiver receiver = trial.receiver(queue);
        trial.eventually(
                () -> "the receiver is BLOCKED with NOT_FOUND; it is "
                        + receiver.listener().states() + " "
                        + receiver.listener().failures(),
                Trial.SIGNAL,
                () -> receiver.listener().states().contains(State.BLOCKED)
                        && receiver.listener().failures().stream()
                                .anyMatch(failure -> failure.code() == ErrorCode.NOT_FOUND));
        trial.declare(queue);
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        List<Delivery> taken = receiver.take(1, Trial.SIGNAL.multipliedBy(3));
        assertThat(TestReceiver.ids(taken)).containsExactly(message.id());
        receiver.acked(taken);
    }

    private static Spec named(Trial trial, int bytes) {
        StringBuilder name = new StringBuilder(trial.newName()).append('-');
        while (name.length() < bytes) {
            name.append('x');
        }
        return trial.plainQueue().withEndpoint(Endpoint.queue(name.toString()));
    }

    private static void longestName(Trial trial) {
        int max = trial.capabilities(trial.plainQueue()).limits().maxName();
        Spec queue = trial.declare(named(trial, Math.min(max, 1_000)));
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        receiver.acked(receiver.one(message));
    }

    private static void nameTooLong(Trial trial) {
        int max = trial.capabilities(trial.plainQueue()).limits().maxName();
        if (max > 100_000) {
            throw new NotSupported("there is no longest name");
        }
        refused(trial, ErrorCode.TOO_LARGE, Mode.CREATE, named(trial, max + 1));
    }
}

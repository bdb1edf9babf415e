package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.NotSupported;
import io.anyqueue.conformance.kit.TestReceiver;
import io.anyqueue.conformance.kit.TestSender;
import io.anyqueue.conformance.kit.TestSender.Answer;
import io.anyqueue.conformance.kit.TestSender.Kind;
import io.anyqueue.conformance.kit.TestSender.Sending;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.util.Arrays;
import java.util.List;

/** The ends of sending: the largest message, and what closing does to what was accepted. */
final class SendLimitCases {
    /** More than that the kit does not send; such a limit is the user's, whose spec's is far below it. */
    private static final long MOST = 32L << 20;

    private SendLimitCases() {}

    static List<Case> all() {
        return List.of(
                Case.of(
                        "SND-5/largest-is-taken",
                        "A message of the largest size arrives whole",
                        SendLimitCases::largest),
                Case.of(
                        "SND-5/larger-is-refused",
                        "One byte more is TOO_LARGE and harms no neighbour",
                        SendLimitCases::larger),
                Case.of(
                        "SND-8/close-gives-results",
                        "Closing gives every accepted send its result",
                        SendLimitCases::close),
                Case.of("SND-8/after-close", "A send after closing is rejected as CLOSED", SendLimitCases::afterClose));
    }

    private static void largest(Trial trial) {
        Spec queue = trial.queue();
        long limit = Math.min(queue.maxMessageBytes(), limit(trial, queue));
        Message message = ofSize(trial, limit);
        trial.sender(queue).confirm(message);
        TestReceiver receiver = trial.receiver(queue);
        Delivery delivery = receiver.one(message);
        trial.check(
                Arrays.equals(delivery.message().bodyArray(), message.bodyArray()),
                "of " + message.bodyArray().length + " bytes sent came "
                        + delivery.message().bodyArray().length + ", or others");
        receiver.acked(delivery);
    }

    private static void larger(Trial trial) {
        Spec queue = trial.queue();
        long limit = limit(trial, queue);
        if (limit > MOST) {
            throw new NotSupported("the limit of " + limit + " bytes is more than the kit sends");
        }
        Message before = trial.message();
        Message tooLarge = ofSize(trial, limit + 1);
        Message behind = trial.message();
        List<Sending> sendings = trial.sender(queue).send(List.of(before, tooLarge, behind));
        List<Kind> kinds = sendings.stream()
                .map(sending -> sending.answers().get(0).kind())
                .toList();
        assertThat(kinds).as("limit " + limit).containsExactly(Kind.CONFIRMED, Kind.REJECTED, Kind.CONFIRMED);
        code(sendings.get(1).answers().get(0), ErrorCode.TOO_LARGE);
        TestReceiver receiver = trial.receiver(queue);
        trial.exactly(List.of(before, behind), receiver.drain(2));
        receiver.nothing(Trial.SILENCE);
    }

    private static long limit(Trial trial, Spec queue) {
        return trial.capabilities(queue).limits().maxBytes();
    }

    private static Message ofSize(Trial trial, long bytes) {
        Message small = trial.build().body(new byte[0]).build();
        byte[] body = new byte[(int) (bytes - small.size())];
        trial.random().nextBytes(body);
        return small.toBuilder().body(body).build();
    }

    private static void close(Trial trial) {
        Spec queue = trial.queue();
        TestSender sender = trial.sender(queue);
        List<Message> messages = trial.messages(200);
        List<Sending> sendings = sender.start(messages);
        sender.close();
        List<Message> confirmed = sendings.stream()
                .peek(sending -> trial.check(
                        sending.answers().size() == 1,
                        "after close message " + sending.message().id() + " has the results " + sending.answers()))
                .filter(Sending::isConfirmed)
                .map(Sending::message)
                .toList();
        // There was time enough for all.
        trial.check(
                confirmed.size() == messages.size(),
                "closing within 5 s confirmed only " + confirmed.size() + " of 200");
        TestReceiver receiver = trial.receiver(queue);
        trial.exactly(messages, receiver.drain(messages.size()));
    }

    private static void afterClose(Trial trial) {
        Spec queue = trial.queue();
        TestSender sender = trial.sender(queue);
        TestSender other = trial.sender(queue);
        sender.confirm(trial.message());
        sender.close();
        Message late = trial.message();
        Answer answer = sender.send(late);
        assertThat(answer.kind()).isEqualTo(Kind.REJECTED);
        code(answer, ErrorCode.CLOSED);
        // Another sender of the client is not concerned.
        other.confirm(trial.message());
        List<Delivery> delivered = trial.receiver(queue).drain(2);
        assertThat(TestReceiver.ids(delivered)).doesNotContain(late.id());
    }

    private static void code(Answer answer, ErrorCode code) {
        QueueException why = answer.why();
        if (why == null || why.code() != code) {
            throw new AssertionError("the result is " + answer + ", which should be " + code);
        }
    }
}

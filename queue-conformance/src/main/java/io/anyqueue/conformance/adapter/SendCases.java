package io.anyqueue.conformance.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.kit.TestSender.Answer;
import io.anyqueue.conformance.kit.TestSender.Kind;
import io.anyqueue.conformance.kit.Trial;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.util.List;

/** Sending: confirmed means stored, and each message has one result. */
final class SendCases {
    private SendCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("SND-1/confirmed-is-received", "What is confirmed can be received", SendCases::confirmed),
                Case.of("SND-3/no-such-queue", "A send to a missing queue is rejected", SendCases::noSuchQueue));
    }

    private static void confirmed(Trial trial) {
        Spec queue = trial.queue();
        Message message = trial.message();
        trial.sender(queue).confirm(message);
        Delivery delivery = trial.receiver(trial.anotherClient(), queue).one(message);
        assertThat(delivery.message().bodyArray()).isEqualTo(message.bodyArray());
    }

    private static void noSuchQueue(Trial trial) {
        Answer answer = trial.sender(trial.plainQueue()).send(trial.message());
        assertThat(answer.kind()).isEqualTo(Kind.REJECTED);
        assertThat(answer.why()).isNotNull().extracting("code").isEqualTo(ErrorCode.NOT_FOUND);
    }
}

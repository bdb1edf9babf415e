package io.anyqueue.test;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Sends, unless a fault is in between. Used by the test's thread. */
final class TestSender implements Sender {
    private final Sender inner;
    private final Endpoint target;
    private final Faults faults;
    private final Sent sent;

    TestSender(Sender inner, Endpoint target, Faults faults, Sent sent) {
        this.inner = inner;
        this.target = target;
        this.faults = faults;
        this.sent = sent;
    }

    @Override
    public void send(List<? extends PendingSend> batch, Results results) {
        Optional<QueueException> down = faults.down("send to " + target.name());
        if (down.isPresent()) {
            List.copyOf(batch).forEach(message -> results.rejected(message, down.get()));
        } else {
            inner.send(batch, new Stored(results));
        }
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return inner.close(limit);
    }

    private final class Stored implements Results {
        private final Results results;

        Stored(Results results) {
            this.results = results;
        }

        @Override
        public void confirmed(PendingSend send) {
            sent.add(target, send.message());
            if (faults.sendIsUnknown()) {
                results.unknown(
                        send,
                        new QueueException(
                                ErrorCode.UNAVAILABLE,
                                "the test took the confirmation of message "
                                        + send.message().id() + " to " + target.name() + " away"));
            } else {
                results.confirmed(send);
            }
        }

        @Override
        public void rejected(PendingSend send, QueueException why) {
            results.rejected(send, why);
        }

        @Override
        public void unknown(PendingSend send, QueueException why) {
            results.unknown(send, why);
        }
    }
}

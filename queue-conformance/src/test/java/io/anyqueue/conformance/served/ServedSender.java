package io.anyqueue.conformance.served;

import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** Sends while the server is there. Any thread. */
final class ServedSender implements Sender {
    private final ServedBroker broker;
    private final Sender real;

    ServedSender(ServedBroker broker, Sender real) {
        this.broker = broker;
        this.real = real;
    }

    @Override
    public void send(List<? extends PendingSend> batch, Results results) {
        Objects.requireNonNull(results, "results");
        batch.forEach(send -> Objects.requireNonNull(send, "send"));
        broker.server
                .refusal(broker.config)
                .ifPresentOrElse(
                        why -> batch.forEach(send -> {
                            if (broker.server.has(Fault.CONFIRMS_WHILE_AWAY)) {
                                results.confirmed(send);
                            } else {
                                results.rejected(send, why);
                            }
                        }),
                        () -> real.send(batch, results));
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return real.close(limit);
    }
}

package io.anyqueue.conformance.broken;

import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A sender that passes everything on: broken ones override what they break. */
class ForwardingSender implements Sender {
    final Sender to;

    ForwardingSender(Sender to) {
        this.to = to;
    }

    @Override
    public void send(List<? extends PendingSend> batch, Results results) {
        to.send(batch, results);
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return to.close(limit);
    }
}

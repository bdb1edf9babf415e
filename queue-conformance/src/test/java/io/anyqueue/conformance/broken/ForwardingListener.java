package io.anyqueue.conformance.broken;

import io.anyqueue.QueueException;
import io.anyqueue.spi.ReceiverListener;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A listener that passes everything on: broken ones override what they break. */
class ForwardingListener implements ReceiverListener {
    final ReceiverListener to;

    ForwardingListener(ReceiverListener to) {
        this.to = to;
    }

    @Override
    public void readable() {
        to.readable();
    }

    @Override
    public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
        return to.revoking(shard, epoch, untilNanos);
    }

    @Override
    public void lost(Object shard, long epoch) {
        to.lost(shard, epoch);
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        to.state(state, why);
    }
}

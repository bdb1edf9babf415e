package io.anyqueue.conformance.broken;

import java.util.List;

/** Brokers that take messages wrongly. */
final class BrokenSenders {
    private BrokenSenders() {}

    static List<BrokenBroker> all() {
        return List.of(BrokenBroker.sender(
                "confirms and stores nothing", "SND-1/confirmed-is-received", sender -> new ForwardingSender(sender) {
                    @Override
                    public void send(List<? extends PendingSend> batch, Results results) {
                        batch.forEach(results::confirmed);
                    }
                }));
    }
}

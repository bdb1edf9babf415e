package io.anyqueue.conformance.served;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Sender;

/** Takes results that nobody asked for. */
enum NoResults implements Sender.Results {
    INSTANCE;

    @Override
    public void confirmed(Sender.PendingSend send) {}

    @Override
    public void rejected(Sender.PendingSend send, QueueException why) {}

    @Override
    public void unknown(Sender.PendingSend send, QueueException why) {}
}

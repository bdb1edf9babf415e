package io.anyqueue.conformance.broken;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Sender;

/** Takes results that nobody asked for. */
enum NoResults implements Receiver.Results, Sender.Results {
    INSTANCE;

    @Override
    public void done(Delivery delivery) {}

    @Override
    public void stale(Delivery delivery) {}

    @Override
    public void unknown(Delivery delivery, QueueException why) {}

    @Override
    public void confirmed(Sender.PendingSend send) {}

    @Override
    public void rejected(Sender.PendingSend send, QueueException why) {}

    @Override
    public void unknown(Sender.PendingSend send, QueueException why) {}
}

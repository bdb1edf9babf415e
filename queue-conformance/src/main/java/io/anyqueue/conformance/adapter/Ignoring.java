package io.anyqueue.conformance.adapter;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Sender;

/** Takes results that the case does not judge. */
enum Ignoring implements Receiver.Results, Sender.Results {
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

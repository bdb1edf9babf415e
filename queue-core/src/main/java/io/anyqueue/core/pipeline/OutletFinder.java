package io.anyqueue.core.pipeline;

import io.anyqueue.Address;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.spi.Spec;

/** Finds the outlet for an address that a handler sends to. Safe for use by any thread. */
public interface OutletFinder {
    /** Opens the destination if this is the first message to it. */
    <M> Outlet<M> find(Address<M> address);

    /** Gives the publisher for a destination of this client's broker, such as a reply queue. */
    Publisher publisher(Spec target);
}

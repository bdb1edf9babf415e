package io.anyqueue.core.pipeline;

import io.anyqueue.Address;

/** Finds the outlet for an address that a handler sends to. Safe for use by any thread. */
public interface OutletFinder {
    /** Opens the destination if this is the first message to it. */
    <M> Outlet<M> find(Address<M> address);
}

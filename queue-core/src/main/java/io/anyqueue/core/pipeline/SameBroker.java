package io.anyqueue.core.pipeline;

import io.anyqueue.Address;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.spi.Spec;

/** Finds what can be stored in one step with an acknowledgement, and refuses what cannot (rule SET-5). Safe for use by any thread. */
final class SameBroker implements OutletFinder {
    private final OutletFinder outlets;
    private final Source source;

    SameBroker(OutletFinder outlets, Source source) {
        this.outlets = outlets;
        this.source = source;
    }

    @Override
    public <M> Outlet<M> find(Address<M> address) {
        Outlet<M> outlet = outlets.find(address);
        if (outlet.broker() != source.broker()) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "the consumer of " + source.name() + " is exactlyOnce(), and "
                            + outlet.publisher().spec().endpoint().name()
                            + " belongs to another client, so that no transaction can hold both; send to a queue or topic of the"
                            + " consumer's own client and bridge from there, or leave out exactlyOnce()");
        }
        return outlet;
    }

    @Override
    public Publisher publisher(Spec target) {
        return outlets.publisher(target);
    }
}

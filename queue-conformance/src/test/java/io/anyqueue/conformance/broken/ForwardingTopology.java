package io.anyqueue.conformance.broken;

import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A topology that passes everything on: broken ones override what they break. */
class ForwardingTopology implements Topology {
    final Topology to;

    ForwardingTopology(Topology to) {
        this.to = to;
    }

    @Override
    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
        return to.declare(all, mode);
    }

    @Override
    public CompletionStage<Description> describe(Spec spec) {
        return to.describe(spec);
    }

    @Override
    public CompletionStage<Page> browse(Spec spec, byte[] cursor, int max) {
        return to.browse(spec, cursor, max);
    }

    @Override
    public CompletionStage<Void> purge(Spec spec) {
        return to.purge(spec);
    }

    @Override
    public CompletionStage<Void> delete(Spec spec) {
        return to.delete(spec);
    }
}

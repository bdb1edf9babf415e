package io.anyqueue.inmemory.internal;

import io.anyqueue.spi.Endpoint.TopicEndpoint;

/** Takes what a command brings about beside its result. The driver carries it out once the command is over. */
interface Effects {
    /** Something is ready for a receiver that waits. */
    void readable(Holder holder);

    /** A receiver lost a key. */
    void lost(Holder holder, Object shard, long epoch);

    /** A receiver's source came into being or ceased to be. */
    void exists(Holder holder, boolean exists);

    /** A delayed message of a topic was due when there was no subscription (rule SND-3). */
    void unrouted(TopicEndpoint topic);
}

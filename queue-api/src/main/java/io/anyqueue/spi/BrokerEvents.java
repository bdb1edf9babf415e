package io.anyqueue.spi;

/**
 * Takes what an adapter has to report beside results; each report is counted and logged by the runtime. Never blocks; safe
 * for use by any thread.
 */
public interface BrokerEvents {
    /**
     * A topic confirmed messages although it has no subscription (rule SND-3).
     *
     * @param topic the topic
     * @param messages how many
     */
    void unrouted(Endpoint.TopicEndpoint topic, int messages);

    /**
     * Messages were lost to retention, trimming, eviction or a recreated destination (rule RET-1).
     *
     * @param endpoint where
     * @param messages how many; -1 if that is not known
     * @param why what happened
     */
    void lost(Endpoint endpoint, long messages, String why);
}

package io.anyqueue.spi;

/**
 * A queue, a topic or a subscription: by its logical name, for messages, metrics and configuration, and by the physical name
 * that it has on the broker (rule RCV-1). Immutable; safe for use by any thread.
 */
public sealed interface Endpoint {
    /** What follows the name of a source in the name of its dead-letter queue. */
    String DEAD_LETTERS = "dlq";

    /** {@return the logical name} */
    String name();

    /** {@return the name on the broker} */
    String physicalName();

    /**
     * A queue whose physical name is the logical one.
     *
     * @param name the name
     * @return the queue
     */
    static QueueEndpoint queue(String name) {
        return new QueueEndpoint(name, name);
    }

    /**
     * A topic whose physical name is the logical one.
     *
     * @param name the name
     * @return the topic
     */
    static TopicEndpoint topic(String name) {
        return new TopicEndpoint(name, name);
    }

    /**
     * Names the queue for the dead letters of a queue or subscription.
     *
     * @return the queue {@code <name>--dlq}
     */
    default QueueEndpoint deadLetters() {
        return new QueueEndpoint(derive(name(), DEAD_LETTERS), derive(physicalName(), DEAD_LETTERS));
    }

    /**
     * Joins a name and what is derived from it with {@code --}; an ending such as {@code .fifo} stays at the end.
     *
     * @param name a logical or physical name
     * @param suffix what is derived
     * @return the derived name
     */
    static String derive(String name, String suffix) {
        return name.endsWith(".fifo")
                ? name.substring(0, name.length() - ".fifo".length()) + "--" + suffix + ".fifo"
                : name + "--" + suffix;
    }

    /**
     * Each message goes to one consumer.
     *
     * @param name the logical name
     * @param physicalName the name on the broker
     */
    record QueueEndpoint(String name, String physicalName) implements Endpoint {}

    /**
     * Each message is copied to every subscription.
     *
     * @param name the logical name
     * @param physicalName the name on the broker
     */
    record TopicEndpoint(String name, String physicalName) implements Endpoint {
        /**
         * Names a subscription of this topic.
         *
         * @param subscription its name
         * @return the subscription
         */
        public SubscriptionEndpoint subscription(String subscription) {
            return new SubscriptionEndpoint(this, subscription);
        }
    }

    /**
     * A topic's subscription: there each message goes to one consumer. Sent to directly, a message reaches this subscription
     * alone.
     *
     * @param topic the topic
     * @param subscription the name within the topic
     */
    record SubscriptionEndpoint(TopicEndpoint topic, String subscription) implements Endpoint {
        @Override
        public String name() {
            return derive(topic.name(), subscription);
        }

        @Override
        public String physicalName() {
            return derive(topic.physicalName(), subscription);
        }
    }
}

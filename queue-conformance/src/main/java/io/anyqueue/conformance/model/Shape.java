package io.anyqueue.conformance.model;

/**
 * What a program runs on.
 *
 * @param ordered whether by key
 * @param topic whether a topic with subscriptions rather than a queue
 */
record Shape(boolean ordered, boolean topic) {
    static final Shape QUEUE = new Shape(false, false);
    static final Shape ORDERED_QUEUE = new Shape(true, false);
    static final Shape TOPIC = new Shape(false, true);
    static final Shape ORDERED_TOPIC = new Shape(true, true);

    @Override
    public String toString() {
        return (ordered ? "ordered " : "") + (topic ? "topic" : "queue");
    }
}

package io.anyqueue;

/**
 * Where a message can be sent: a spec, or a queue or topic of a client. Sending to the queue of another client bridges
 * two brokers.
 *
 * @param <T> the type of the payloads
 */
public sealed interface Address<T> permits QueueSpec, TopicSpec, MessageQueue, MessageTopic {}

package io.anyqueue.rabbitmq.internal;

/**
 * Where a message is published to.
 *
 * @param exchange empty for the default exchange, which leads to the queue with the routing key's name
 * @param routingKey at most 255 bytes
 */
record Route(String exchange, String routingKey) {}

/**
 * Real brokers for tests, which can be killed, halted and restarted, and stand behind a faulty network where a test wants it.
 * {@link io.anyqueue.testbrokers.rabbitmq.RabbitMq} is the entry point for RabbitMQ,
 * {@link io.anyqueue.testbrokers.kafka.Kafka} for Kafka, {@link io.anyqueue.testbrokers.proxy.TcpProxy} for the network.
 */
@NullMarked
package io.anyqueue.testbrokers;

import org.jspecify.annotations.NullMarked;

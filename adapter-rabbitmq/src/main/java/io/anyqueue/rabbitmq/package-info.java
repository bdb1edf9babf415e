/** The adapter for RabbitMQ. */
@NullMarked
package io.anyqueue.rabbitmq;

import org.jspecify.annotations.NullMarked;

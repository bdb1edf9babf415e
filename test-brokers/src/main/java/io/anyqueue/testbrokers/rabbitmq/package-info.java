/** RabbitMQ for tests: {@link io.anyqueue.testbrokers.rabbitmq.RabbitMq}. */
@NullMarked
package io.anyqueue.testbrokers.rabbitmq;

import org.jspecify.annotations.NullMarked;
